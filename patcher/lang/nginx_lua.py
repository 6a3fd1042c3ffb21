"""Lua inside nginx: where a raw block ends, strings and comments honoured."""

from __future__ import annotations

import re
from typing import Final

from patcher.patterns import regex

# Long brackets, short strings and comments: Lua reference manual, section 3.1.
_LUA: Final = regex(
    r"""
      (?P<COMMENT> -- ) (?: (?P<long> \[ (?P<level> =* ) \[ ) | [^\n]*+ )
    | (?P<LONG> \[ (?P<equals> =*+ ) \[ )
    | (?P<STRING> "(?: [^"\\\n]++ | \\[\s\S] )*+" | '(?: [^'\\\n]++ | \\[\s\S] )*+' )
    | (?P<OPEN> \{ )
    | (?P<CLOSE> \} )
    | (?P<BROKEN> ["'] )
    """,
    re.VERBOSE,
)


def lua_end(text: str, start: int) -> int | None:
    """Return the offset of the `}` that closes the Lua block whose code starts at `start`.

    None where the code's braces, strings or long brackets do not end. Linear time.
    """
    depth, position = 0, start
    while match := _LUA.search(text, position):
        position = match.end()
        if match["BROKEN"]:
            return None
        if match["long"] or match["LONG"]:
            closing = f"]{match['level'] or match['equals'] or ''}]"
            position = text.find(closing, position) + len(closing)
            if position < len(closing):
                return None
        elif match["OPEN"]:
            depth += 1
        elif match["CLOSE"]:
            if depth == 0:
                return match.start()
            depth -= 1
    return None
