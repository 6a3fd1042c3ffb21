"""hanna-fix with every path that it opens, lists or changes, and every program, in a log.

Usage: python watched.py LOG ARGUMENT...

An audit hook (https://docs.python.org/3/library/sys.html#sys.addaudithook) sees what Python code
asks of the system. It is told no directory for a name relative to one, so such files are noted by
what the descriptor leads to. What git itself opens is not seen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

_PLACE_OF_PATH: Final = {
    "open": (0,),
    "os.listdir": (0,),
    "os.scandir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.link": (0, 1),
    "os.symlink": (1,),
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.truncate": (0,),
    "subprocess.Popen": (0,),
    "os.exec": (0,),
    "os.posix_spawn": (0,),
    "os.system": (0,),
    "socket.connect": (1,),
}


class _Log:
    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._relative = False

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and self._relative:
            return
        for place in _PLACE_OF_PATH.get(event, ()):
            subject = arguments[place]
            if isinstance(subject, str | bytes | os.PathLike):
                self.write(event, str(Path.cwd() / os.fsdecode(subject)))
            elif not isinstance(subject, int | None):
                self.write(event, repr(subject))

    def write(self, event: str, path: str) -> None:
        os.write(self._file, os.fsencode(f"{event} {path}".replace("\n", "?") + "\n"))

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if dir_fd is None:
            return _OPEN(path, flags, mode)
        self._relative = True
        try:
            descriptor = _OPEN(path, flags, mode, dir_fd=dir_fd)
        finally:
            self._relative = False
        self.write("open", str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        return descriptor


if __name__ == "__main__":
    _OPEN: Final = os.open
    log = _Log(sys.argv[1])

    from patcher.__main__ import main
    from patcher.stack import disk

    # os.open itself is what disk.py asked the system for; its own name stays in supports_dir_fd
    disk.os.open = log.open  # type: ignore[attr-defined]
    sys.addaudithook(log.note)
    sys.exit(main(sys.argv[2:]))
