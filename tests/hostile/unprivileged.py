"""hanna-fix as a user who owns nothing; its modules are loaded before the rights are given up.

Usage: python unprivileged.py WARM ARGUMENT...; WARM is a project that makes it load everything.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys

NOBODY = 65534

if __name__ == "__main__":
    from patcher.__main__ import main

    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        main(["check", "-C", sys.argv[1]])
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    sys.exit(main(sys.argv[2:]))
