from __future__ import annotations

import re

from crossplane.analyzer import DIRECTIVES

from patcher.prove.nginx_words import (
    CERTIFICATES,
    KEYS,
    LOGS,
    PASSES,
    PATHS,
    SET_ASIDE,
    is_code,
    is_known,
)

# what tells by its name that it is a file, a directory or a host
TELLING = re.compile(
    r".*(_file|_path|_log|_certificate|_key|_crl|_dhparam|_store|_stylesheet|_entities|_engine"
    r"|_pass|_module|_responder|_profiles)$|geoip_(city|country|org)$|(pid|root|alias|include|user"
    r"|env|state)$"
)
# they only look like it
OTHERS = {
    "auth_jwt_key_file",
    "create_full_put_path",
    "fastcgi_cache_key",
    "fastcgi_split_path_info",
    "js_path",
    "open_file_cache",
    "proxy_cache_key",
    "proxy_cookie_path",
    "rewrite_log",
    "scgi_cache_key",
    "userid_path",
    "uwsgi_cache_key",
    "client_body_in_single_buffer",
    "ssi_min_file_chunk",
}


def test_what_opens_a_file_by_its_name_is_replaced_or_left_out() -> None:
    handled = {*CERTIFICATES, *KEYS, *LOGS, *PATHS, *PASSES, *SET_ASIDE}
    telling = {name for name in DIRECTIVES if TELLING.fullmatch(name)}
    assert telling - handled - OTHERS == set()


def test_code_is_never_known_as_harmless() -> None:
    for name in ("perl", "perl_set", "js_import", "content_by_lua_block", "init_by_lua_file"):
        assert is_code(name)
    assert not is_code("js")
    assert not is_code("proxy_pass")


def test_directives_are_known_by_the_tables() -> None:
    assert is_known("proxy_pass")
    assert is_known("http2")
    assert is_known("ssl_conf_command")
    assert not is_known("modsecurity_rules_file")
    assert not is_known("quickjs_load")
