"""Reading nginx error logs, grouping what failed, and joining it with the stack."""
