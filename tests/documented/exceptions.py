"""The documented command lines that no test runs, each kind with its reason."""

from __future__ import annotations

import re

NOT_RUN = {
    r"(python3 -m venv|(\.venv/bin/)?pip install|apt-get install) .*": (
        "installs from registries, as the gate does; the lines of the README are the gate's own"
    ),
    r"hanna-fix prove --dns": "takes 20 seconds by the clock; tests/prove/dns runs the same lab",
    r"multi-gitter .*": "another program; the tests run the command of ours that it starts",
    r"\.ci/run": "is the gate, which runs this test",
    r"\.venv/bin/pytest .*": "runs other tests, each of which the gate runs",
    r"\.venv/bin/python -m tests\.(bench|compare|corpus|docker|fuzz|site)\b.*": (
        "takes minutes, or what is neither in the repository nor in the extra `test`"
    ),
}


def is_excepted(line: str) -> bool:
    """Tell whether a line of a block is one that no test runs."""
    return any(re.fullmatch(pattern, line.strip()) for pattern in NOT_RUN)
