"""What a start does before its server, which a migrate command started alone would do without.

Packages installed at start, variables set, another directory: where the server may owe its
working to them, the migrate command may not work alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from patcher.patterns import regex
from patcher.stack.start.commands import is_server, is_worker
from patcher.stack.start.follow import Script, follow
from patcher.stack.start.start import Start, Step
from patcher.stack.start.trace import trace
from patcher.stack.start.wrappers import basename, normalise, program_file

_HARMLESS: Final = regex(
    r"echo|printf|set|sleep|:|true|false|test|\[\[?|umask|ulimit|mkdir|chown|chmod|rm|date|ls|id"
    r"|cat|pwd|whoami|nc|ncat|pg_isready|mysqladmin|redis-cli|exit|trap|kill|break|continue|exec"
    r"|tail|touch|shift|return|wait\S*|nginx|manage\.py|django-admin|artisan|console|rails|rake"
    r"|flask|alembic|prisma|knex|sequelize|sequelize-cli|typeorm|drizzle-kit|concurrently"
)
_ASSIGNS: Final = regex(r"(?:exec\s+|env\s+|cross-env\s+)*([A-Za-z_]\w*=\S*)")
_BRINGS_SETTINGS: Final = regex(
    r"--env-file|dotenv|\b(?:doppler|infisical|chamber|direnv|op)\s+(?:run|exec)\b|--configuration\b"
)


def preparation(start: Start, *, through_entrypoint: bool) -> str | None:
    """Return what the start does and a command of its own would lack; None where it is nothing.

    `through_entrypoint`: the entrypoint runs for that command as well, so only what the start's
    own command does is lacking.
    """
    lacking = replace(start, entrypoint=None) if through_entrypoint else start
    steps = [step for step in trace(lacking).steps if step.live]
    for step in steps:
        if step.workdir != (start.workdir or "/"):
            return f"`{step.text}` runs in {step.workdir}, the migrate command would not"
        if (match := _ASSIGNS.match(step.text)) or (match := _BRINGS_SETTINGS.search(step.text)):
            return f"the start gives `{match[0]}` to its program, the migrate command would lack it"
        if not _is_harmless(start, step, last=step is steps[-1]):
            return f"the start runs `{step.text}` first, which the migrate command may need"
    return None


def _is_harmless(start: Start, step: Step, *, last: bool) -> bool:
    # a program of the app's own before another one may be anything
    if (is_server(step.words) or is_worker(step.words)) and (last or not program_file(step.words)):
        return True
    name = (normalise(step.words) or ("",))[0]
    if _HARMLESS.fullmatch(name) or basename(step.words).startswith("wait"):
        return True
    # a script's commands are steps of their own
    return any(isinstance(one, Script) for one in follow(start, step.words, step.workdir))
