"""Health checks that are there: whether one can tell the truth about what its service runs.

A wait for a service whose check always fails ends `docker compose up` with "is unhealthy", where
the stack came up before. Sources: the Dockerfiles of the Docker Official Images.
"""

from __future__ import annotations

from typing import Final

from patcher.errors import visible
from patcher.records import dataclass
from patcher.stack.compose.values import Value, untagged
from patcher.stack.facts import Facts
from patcher.stack.image.listening import listeners, simple_commands
from patcher.stack.image.probes import NoProbe
from patcher.stack.image.reference import Reference, parse_reference
from patcher.stack.start.commands import is_server
from patcher.stack.start.wrappers import basename

# The full images of these are built on buildpack-deps, which has both.
_LANGUAGES: Final = frozenset(["python", "node", "ruby", "golang", "rust"])
_CLIENTS: Final = frozenset(["curl", "wget"])
_RENAMED: Final = {
    "mariadb": ((11, 0), frozenset(["mysqladmin", "mysql"])),
    "mongo": ((6, 0), frozenset(["mongo"])),
}
_MISSING_AT_TIMES: Final = _CLIENTS.union(*(names for _, names in _RENAMED.values()))
_ALWAYS_THERE: Final = frozenset(["exit", "true", "false", "echo", "test", "[", "grep", ":"])


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """A health check as written; `value` is None where it comes from the Dockerfile."""

    words: tuple[str, ...]
    value: Value | None


def own_check_of(facts: Facts) -> OwnCheck | None:
    """Return the check that says what to test, compose's before the Dockerfile's, or None."""
    value = facts.service.healthcheck
    if value is not None:
        test = untagged(value.plain).get("test")
        return OwnCheck(_words(test), value)
    found = facts.stage.healthcheck if facts.stage is not None else None
    if found is None:
        return None
    return OwnCheck(found.words if found.exec else ("sh", "-c", *found.words), None)


def _words(test: object) -> tuple[str, ...]:
    if not isinstance(test, list):
        return ("sh", "-c", str(test))
    form, *words = [str(word) for word in test]
    return ("sh", "-c", *words) if form == "CMD-SHELL" else tuple(words)


def is_written_for(check: OwnCheck, facts: Facts) -> bool:
    """Tell whether a check was written for what the service runs.

    One that comes in from elsewhere (the Dockerfile, `extends`, a merge key) was written for the
    server; a worker with a command of its own shares it and never answers.
    """
    service, value = facts.service, check.value
    own = [part for part in service.parts if not part.extended]
    if value is not None and any(value.mapping is part.mapping for part in own):
        return True
    commands = [found for key in ("command", "entrypoint") if (found := service.get(key))]
    if all(value is not None and one.mapping is value.mapping for one in commands):
        return True
    if listeners(facts.words, facts.environment):
        return True
    return any(map(is_server, simple_commands(facts.words)))


def lacking(check: OwnCheck, facts: Facts) -> NoProbe | None:
    """Return why a check cannot work: its program is certain not to be in the image."""
    names = [basename(words) for words in simple_commands(check.words)]
    tests = [name for name in names if name not in _ALWAYS_THERE]
    if not tests or not _MISSING_AT_TIMES.issuperset(tests):
        return None
    reference = parse_reference(facts.base_image)
    if any(_is_there(name, reference) or _is_installed(name, facts) for name in tests):
        return None
    reason = (
        f"the health check of `{facts.service.name}` runs `{tests[0]}`, "
        f"which the image {visible(facts.base_image)} does not have"
    )
    return NoProbe(reason, "test with a program that the image has")


def _is_there(program: str, reference: Reference) -> bool:
    """Whether an image may have the program: only where it is certain not to, it has not."""
    name, label = reference.name, reference.label
    if name in _RENAMED:
        since, gone = _RENAMED[name]
        version = (99, 0) if label in ("latest", "lts") else reference.version
        return program not in gone or version is None or version < since
    if name not in _LANGUAGES | {"alpine", "debian", "ubuntu"} or "$" in label:
        return True
    if name == "alpine" or "alpine" in label:  # busybox has a wget
        return program == "wget"
    return name in _LANGUAGES and "slim" not in label


def _is_installed(program: str, facts: Facts) -> bool:
    """Whether the Dockerfile or the command may bring the program: a script may bring anything."""
    written = [*facts.words]
    if facts.stage is not None:
        written += facts.stage.runs
        written += [name for copy in facts.stage.copies for name in copy.sources]
        if any(".sh" in run or "xargs" in run for run in facts.stage.runs):
            return True
    return any(program in text for text in written)
