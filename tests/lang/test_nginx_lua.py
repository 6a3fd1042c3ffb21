from __future__ import annotations

import pytest

from patcher.lang.nginx_lua import lua_end


@pytest.mark.parametrize(
    "code",
    [
        "",
        " x = { {} } ",
        " s = \"}\" .. '}' ",
        ' s = "\\"}" ',
        " -- }\n",
        " --[[ }\n} ]] ",
        " --[==[ } ]] } ]==] ",
        " s = [[ } ]] ",
        " s = [=[ ]] } ]=] ",
        " t[1] = a[b[1]] ",
        " x = a - b -- it's\n",
    ],
)
def test_block_ends_at_the_brace_that_is_not_in_strings_or_comments(code: str) -> None:
    assert lua_end("{" + code + "} }", 1) == 1 + len(code)


@pytest.mark.parametrize("code", ["{", "'}", '"a\n"}', "[[ }", "--[[ }", "-- }", "[=[ ]] }"])
def test_block_that_does_not_end(code: str) -> None:
    assert lua_end(code, 0) is None
