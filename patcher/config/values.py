"""What the value of a setting may be.

Each function takes it as TOML gives it, and returns it as the settings hold it. All raise
ValueError with what the value must be. Values get into compose and nginx files, and
may come from a repository that is not trusted, so each has a grammar of its own.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from typing import Any, Final

from patcher.patterns import regex
from patcher.rules import rule_ids
from patcher.stack.resolvers import seconds as nginx_seconds
from patcher.stack.settings import Upstreams

# https://docs.docker.com/reference/compose-file/extension/#specifying-durations
_DURATION: Final = regex(r"(?:\d{1,9}(?:\.\d{1,9})?(?:us|ms|s|m|h))+")
_PART: Final = regex(r"([\d.]+)(us|ms|s|m|h)")
_SECONDS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_MAX_SECONDS: Final = 366 * 86_400
_NAME: Final = regex(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}")
_SERVICE: Final = regex(r"[a-zA-Z0-9._-]{1,63}")
_HOST: Final = regex(r"[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?")
_PATH: Final = regex(r"/[\w.~%/?=&@:+,-]{0,255}", re.ASCII)
_MAX_TEXT: Final = 4096
_MAX_ITEMS: Final = 200
_POLICIES: Final = ("dynamic", "direct")


def _text(value: object, what: str) -> str:
    if isinstance(value, str) and value.strip() and len(value) <= _MAX_TEXT and value.isprintable():
        return value
    raise ValueError(what)


def _texts(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MAX_ITEMS:
        raise ValueError(what)
    return tuple(_text(one, what) for one in value)


def _matching(value: object, pattern: re.Pattern[str], what: str) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    raise ValueError(what)


def _number(value: object, least: int, most: int, what: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise ValueError(what)


def rules(value: object) -> tuple[str, ...]:
    """Take a list of rule ids, or of ALL; raises UserError, with the nearest, for any other."""
    names = _texts(value, 'a list of rule ids, or ["ALL"]')
    rule_ids(names)
    return names


def globs(value: object) -> tuple[str, ...]:
    """Take a list of globs."""
    return _texts(value, 'a list of globs such as "legacy/**"')


def policy(value: object) -> Upstreams:
    """Take the policy for proxied names."""
    if value in _POLICIES:
        return value
    raise ValueError('"dynamic" or "direct"')


def network(value: object) -> str:
    """Take the name of a network; `{project}` in it stands for the project's name."""
    what = "a network name of letters, digits, `_`, `.` and `-`, with `{project}` if wanted"
    name = _text(value, what)
    _matching(name.replace("{project}", "project"), _NAME, what)
    return name


def service(value: object) -> str:
    """Take the name of a service."""
    return _matching(value, _SERVICE, "a service name of letters, digits, `_`, `.` and `-`")


def address(value: object) -> str:
    """Take a name server as nginx's `resolver` does: an address or a host name, and a port."""
    what = "the address or host name of a name server, if need be with a port"
    text = _text(value, what)
    found = re.fullmatch(r"(\[[^\]]+\]|[^:\[\]]+)(?::(\d{1,5}))?", text)
    if found is None or not 0 < int(found[2] or 53) < 65_536:
        raise ValueError(what)
    host = found[1]
    if host.startswith("["):
        return text if _is_address(host[1:-1], 6) else _fail(what)
    numeric = host.replace(".", "").isdigit()
    return text if _is_address(host, 4) or (_HOST.fullmatch(host) and not numeric) else _fail(what)


def _is_address(host: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(host).version == version and "%" not in host
    except ValueError:
        return False


def _fail(what: str) -> Any:
    raise ValueError(what)


def nginx_time(value: object) -> int:
    """Take a time as nginx writes it, or seconds; return seconds."""
    what = 'a time of whole seconds, such as "60s", "1m" or 60'
    found = nginx_seconds(value) if isinstance(value, str) else value
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return _number(found, 1, _MAX_SECONDS, what)


def duration(value: object) -> str:
    """Take a duration as Compose writes it, or seconds; return Compose's text."""
    what = 'a duration longer than nothing, such as "5s", "1m30s" or 5'
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{_number(value, 1, _MAX_SECONDS, what)}s"
    text = _matching(value, _DURATION, what)
    return text if 0 < _in_seconds(text) <= _MAX_SECONDS else _fail(what)


def period(value: object) -> int:
    """Take a duration of a minute or more; return seconds."""
    what = 'a duration of a minute or more, such as "24h"'
    try:
        length = _in_seconds(duration(value))
    except ValueError:
        raise ValueError(what) from None
    return _number(int(length), 60, _MAX_SECONDS, what)


def _in_seconds(text: str) -> float:
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def count(value: object) -> int:
    """Take a number of times or days."""
    return _number(value, 1, 10_000, "a whole number of 1 or more")


def port(value: object) -> int:
    """Take a port."""
    return _number(value, 1, 65_535, "a port, 1 to 65535")


def path(value: object) -> str:
    """Take the path of a page; nothing in it needs quoting in a shell, Python or JavaScript."""
    what = 'a path such as "/healthz", of letters, digits and any of `.~%/?=&@:+,_-`'
    return _matching(value, _PATH, what)


def test(value: object) -> tuple[str, ...]:
    """Take a test as Compose does: a list, or the text of a shell command."""
    what = 'a list that begins with "CMD" or "CMD-SHELL", or the text of a shell command'
    if isinstance(value, str):
        return ("CMD-SHELL", _text(value, what))
    words = _texts(value, what)
    is_list = len(words) > 1 and words[0] == "CMD"
    is_shell = len(words) == 2 and words[0] == "CMD-SHELL"
    return words if is_list or is_shell else _fail(what)


def command(value: object) -> tuple[str, ...]:
    """Take a command: a list of words, or a text that is split into words as a shell would."""
    what = "a command: a list of words, or a text"
    if isinstance(value, str):
        try:
            value = shlex.split(_text(value, what))
        except ValueError:
            raise ValueError(what) from None
    return _texts(value, what) or _fail(what)
