"""Runs git so that nothing of the repository's own configuration is executed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from patcher.errors import UserError
from patcher.records import dataclass

# Each would run a program, or write beyond what we ask for, when a repository's config sets it.
OPTIONS: Final = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "core.sparseCheckout=false",
    "submodule.recurse=false",
    "protocol.ext.allow=never",
    "push.pushOption=",
    "i18n.commitEncoding=UTF-8",
    # git's guess from user and host name is not an identity to commit with
    "user.useConfigOnly=true",
)

ENVIRONMENT: Final = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # a partial clone would fetch missing objects through whatever its config names
    "GIT_NO_LAZY_FETCH": "1",
}

# far beyond what any of our commands takes; a pipe in place of one of git's files would stop it
_SECONDS: Final = 120

OFFLINE: Final = {"GIT_ALLOW_PROTOCOL": "none"}

# Set while a hook runs us, they would lead to the hook's repository instead of the user's.
OF_ONE_REPOSITORY: Final = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a git command ended with."""

    status: int
    output: bytes
    stderr: str

    @property
    def text(self) -> str:
        """The output as text without its final newline; file names may hold any byte."""
        return os.fsdecode(self.output).removesuffix("\n")

    @property
    def said(self) -> str:
        """The last line of git's own words on why it failed."""
        lines = [line.strip() for line in self.stderr.split("\n") if line.strip()]
        own = [line for line in lines if not line.startswith(("hint:", "remote:"))]
        last = (own or lines or [f"status {self.status}"])[-1]
        return last.removeprefix("fatal: ").removeprefix("error: ")


def ask(
    directory: Path,
    *arguments: str,
    stdin: bytes = b"",
    index: Path | None = None,
    network: bool = False,
) -> Reply:
    """Run git in `directory` and return its reply, whatever the status.

    `index` stands in for the repository's index; without `network` git may contact nobody, and has
    to answer within two minutes. Raises UserError where it does not, or where there is no git.
    """
    environment = {**os.environ, **ENVIRONMENT, **({} if network else OFFLINE)}
    for name in OF_ONE_REPOSITORY:
        environment.pop(name, None)
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    options = [part for option in OPTIONS for part in ("-c", option)]
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell, arguments checked by callers
            [executable(), "--no-pager", *options, *arguments],
            cwd=directory,
            env=environment,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=None if network else _SECONDS,
        )
    except subprocess.TimeoutExpired:
        todo = "check the files in .git"
        raise UserError(f"git {arguments[0]} does not answer", todo=todo) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UserError(f"git cannot be run: {reason}", todo="check the directory") from None
    return Reply(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def run(directory: Path, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> str:
    """Run git and return its output as text; raises UserError with git's words where it fails."""
    reply = ask(directory, *arguments, stdin=stdin, index=index)
    if reply.status:
        raise UserError(f"git {arguments[0]} failed: {reply.said}", todo="see what git says")
    return reply.text


def executable() -> str:
    """Return the git program that GitPython uses; raises UserError where there is none."""
    try:
        from git import Git
    except ImportError:
        raise UserError("there is no git program", todo="install git") from None
    return str(Git.GIT_PYTHON_GIT_EXECUTABLE)
