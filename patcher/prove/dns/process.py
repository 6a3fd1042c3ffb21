"""A running nginx of the lab: in a private directory, on loopback, gone when the block ends."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from patcher.errors import UserError
from patcher.prove.dns.hosts import original

_PATIENCE: Final = 15
_POLL: Final = 0.02
_EMERGENCY: Final = re.compile(
    r"\[emerg\] (?:\d+#\d+: )?(.{1,300}?)(?: in /\S+:\d+)?$", re.MULTILINE
)


class NotStarted(Exception):  # noqa: N818 - a result of an experiment, not an error of ours
    """nginx refused its configuration; the text is its own reason."""


@asynccontextmanager
async def running(
    program: Path, folder: Path, text: str, door: tuple[str, int]
) -> AsyncIterator[None]:
    """Run nginx with a configuration until the block ends; it accepts connections at `door`.

    Its log is `error.log` in `folder`. Raises NotStarted where nginx ends by itself, and UserError
    where it does not listen after 15 seconds.
    """
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    log = folder / "error.log"
    log.touch()
    command: list[str | Path] = [program, "-p", folder, "-c", folder / "nginx.conf", "-e", log]
    # root's nginx gives its directories to the user "nobody", which not every container may do
    command += ["-g", "user root root;"] if os.geteuid() == 0 else []
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={},
        start_new_session=True,  # Ctrl-C is for us alone: we end it
    )
    try:
        await _listening(process, log, door)
        yield
    finally:
        await _ended(process)


async def _listening(process: asyncio.subprocess.Process, log: Path, door: tuple[str, int]) -> None:
    for _ in range(int(_PATIENCE / _POLL)):
        if process.returncode is not None:
            raise NotStarted(_reason(log))
        with suppress(OSError):
            _, writer = await asyncio.open_connection(*door)
            writer.close()
            return
        await asyncio.sleep(_POLL)
    raise UserError(f"nginx does not listen after {_PATIENCE} seconds", todo="try again")


def _reason(log: Path) -> str:
    match = _EMERGENCY.search(log.read_text(encoding="utf-8", errors="replace"))
    return original(match[1]) if match else "nginx ended and said nothing"


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
