"""The second reader: crossplane's parse of the same text, and its table of directives.

crossplane is imported where it is used, because it takes longer to import than a run to start.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from patcher.errors import UserError
from patcher.lang.nginx_tokens import refusal
from patcher.lang.nginx_tree import Directive, Word
from patcher.patterns import regex
from patcher.text import Source

_NEWLINE: Final = regex(r"\r\n?")
_PAIR: Final = regex(r"\\([\s\S])")
# crossplane 0.5.8 takes the white space after an unquoted `${name}` into the word.
_VARIABLE: Final = regex(r"(?<!\\)\$\{(\w+)\}", re.ASCII)
_HIDDEN: Final = regex(r"\$<(\w+)>", re.ASCII)
_SHOWN: Final = 80
_TODO: Final = "write it so that both read the same; until then nothing in this file is edited"


def check_agreement(source: Source, directives: Sequence[Directive]) -> None:
    """Raise UserError, both readings named, where crossplane reads other directives than these."""
    parsed = _crossplane(source)
    _compare(source, directives, parsed)


def allowed_in(name: str, context: Sequence[str]) -> bool:
    """Tell whether directive `name` may stand in `context`, by crossplane's table of directives.

    `context` names the blocks from the main context inwards, e.g. `("http", "server", "location",
    "if")`; `()` is the main context. False for what the table does not know.
    """
    from crossplane.analyzer import CONTEXTS, DIRECTIVES

    folded = tuple(context)
    if "location" in folded and folded[0] == "http":
        innermost = max(index for index, block in enumerate(folded) if block == "location")
        folded = ("http", "location", *folded[innermost + 1 :])
    mask = CONTEXTS.get(folded, 0)
    return any(each & mask for each in DIRECTIVES.get(name, ()))


def _crossplane(source: Source) -> list[dict[str, Any]]:
    import crossplane

    # crossplane reads paths only; a TemporaryDirectory is open to this user alone.
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "nginx.conf")
            path.write_bytes(_handed_over(source.text).encode("utf-8", "surrogatepass"))
            payload = crossplane.parse(str(path), single=True, check_ctx=False, check_args=False)
    except OSError as error:
        message = f"no temporary file can be written: {error.strerror}"
        raise UserError(message, todo="set TMPDIR to a writable directory") from None
    if payload["errors"]:
        raise _cannot_read(source, str(path), payload["errors"][0])
    parsed: list[dict[str, Any]] = payload["config"][0]["parsed"]
    return parsed


def _handed_over(text: str) -> str:
    """Return `text` with LF newlines, which crossplane reads, and variables it reads rightly."""
    return _VARIABLE.sub(r"$<\1>", _NEWLINE.sub("\n", text))


def _cannot_read(source: Source, path: str, error: dict[str, Any]) -> UserError:
    what = error["error"].split(f" in {path}")[0].split(" in None")[0]
    what = what or "it meets an unexpected end"
    message = f"nginx's own rules can read this file, crossplane cannot: {what}"
    return UserError(message, todo=_TODO, path=source.path, line=error["line"])


def _compare(source: Source, ours: Iterable[Directive], theirs: Iterable[dict[str, Any]]) -> None:
    # Comments between arguments come back as directives, whatever is asked for.
    directives = (other for other in theirs if "comment" not in other)
    for one, other in zip_longest(ours, directives):
        left, right = _our_reading(one), _their_reading(other)
        if left != right:
            raise _disagreement(source, one, other)
        if one.block is not None:
            _compare(source, one.block.directives, other["block"])


def _disagreement(source: Source, one: Directive | None, other: dict[str, Any] | None) -> UserError:
    message = (
        f"two readers disagree: by nginx's own rules this is `{_shown(_our_reading(one))}`, "
        f"to crossplane `{_shown(_their_reading(other))}`"
    )
    if one is not None:
        return refusal(source, one.span.start, message, _TODO)
    line = other["line"] if other else None
    return UserError(message, todo=_TODO, path=source.path, line=line)


def _shown(reading: tuple[str, ...]) -> str:
    text = _HIDDEN.sub(r"${\1}", " ".join(reading)) or "nothing"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def _their_reading(other: dict[str, Any] | None) -> tuple[str, ...]:
    if other is None:
        return ()
    return (other["directive"], *other["args"], "{" if "block" in other else ";")


def _our_reading(one: Directive | None) -> tuple[str, ...]:
    """Return our directive as crossplane would give it, by its known and harmless habits."""
    if one is None:
        return ()
    args = [_as_crossplane(word) for word in one.args]
    if one.lua is not None:
        args.append(_handed_over(one.lua.raw))
    name = _as_crossplane(one.name)
    if name == "if":
        args = _without_parentheses(args)
    return (name, *args, "{" if one.block else ";")


def _as_crossplane(word: Word) -> str:
    """Return the word without its quotes; the only escape resolved is that of its own quote."""
    text = _handed_over(word.raw)
    mark = text[:1]
    if mark not in ('"', "'"):
        return text
    return _PAIR.sub(lambda pair: mark if pair[1] == mark else pair[0], text[1:-1])


def _without_parentheses(args: list[str]) -> list[str]:
    """Take off the outer parentheses of an `if` condition, as crossplane does."""
    if not (args and args[0].startswith("(") and args[-1].endswith(")")):
        return args
    args[0] = args[0].removeprefix("(").lstrip()
    args[-1] = args[-1].removesuffix(")").rstrip()
    inside = args[1:] if not args[0] else args
    return inside[:-1] if inside and not inside[-1] else inside
