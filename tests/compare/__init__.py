"""hanna-fix beside other tools on the same stacks: `python -m tests.compare`."""
