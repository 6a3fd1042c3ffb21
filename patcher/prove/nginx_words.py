"""What the arguments of nginx's directives are: files, sockets, hosts, or none of these.

`nginx -t` opens what a configuration names: it reads includes and certificates, creates log files,
cache directories and sockets, looks names up, and loads modules. So only directives that are known
here, or to crossplane's table, are handed to it, and each word that leads outside is replaced.

Sources: the directives' pages at https://nginx.org/en/docs/dirindex.html; what is opened when, from
nginx's own source.
"""

from __future__ import annotations

import re
from typing import Final

SET_ASIDE: Final = frozenset(
    {
        # of the process, not of what it serves
        "daemon",
        "debug_connection",
        "debug_points",
        "env",
        "google_perftools_profiles",
        "load_module",
        "lock_file",
        "master_process",
        "pid",
        "user",
        "worker_cpu_affinity",
        "worker_priority",
        "worker_rlimit_core",
        "worker_rlimit_nofile",
        "working_directory",
        # files that must hold what no stand-in has, or a program's own commands
        "auth_jwt_key_file",
        "grpc_ssl_conf_command",
        "grpc_ssl_crl",
        "grpc_ssl_password_file",
        "proxy_ssl_conf_command",
        "proxy_ssl_crl",
        "proxy_ssl_password_file",
        "ssl_conf_command",
        "ssl_crl",
        "ssl_dhparam",
        "ssl_engine",
        "ssl_ocsp_responder",
        "ssl_password_file",
        "ssl_session_ticket_key",
        "ssl_stapling_file",
        "ssl_stapling_responder",
        "state",
        "uwsgi_ssl_conf_command",
        "uwsgi_ssl_crl",
        "uwsgi_ssl_password_file",
        "zone_sync_ssl_crl",
        "zone_sync_ssl_password_file",
    }
)
"""Left out of the copy."""

CERTIFICATES: Final = frozenset(
    {
        "grpc_ssl_certificate",
        "grpc_ssl_trusted_certificate",
        "proxy_ssl_certificate",
        "proxy_ssl_trusted_certificate",
        "ssl_certificate",
        "ssl_client_certificate",
        "ssl_trusted_certificate",
        "uwsgi_ssl_certificate",
        "uwsgi_ssl_trusted_certificate",
        "zone_sync_ssl_certificate",
        "zone_sync_ssl_trusted_certificate",
    }
)
KEYS: Final = frozenset(
    {
        "grpc_ssl_certificate_key",
        "proxy_ssl_certificate_key",
        "ssl_certificate_key",
        "uwsgi_ssl_certificate_key",
        "zone_sync_ssl_certificate_key",
    }
)

LOGS: Final = {"access_log": "access.log", "error_log": "error.log", "session_log": "session.log"}

TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""What nginx keeps a directory of temporary files for: `client_body_temp_path` and so on."""

FOLDERS: Final = frozenset(
    {
        *(f"{name}_temp_path" for name in TEMPORARY),
        *(f"{name}_cache_path" for name in TEMPORARY[1:]),
    }
)
"""Their first argument is a directory that nginx creates, but not the ones above it."""

PATHS: Final = FOLDERS | {
    "alias",
    "auth_basic_user_file",
    "fastcgi_store",
    "geoip_city",
    "geoip_country",
    "geoip_org",
    "include",
    "proxy_store",
    "root",
    "scgi_store",
    "uwsgi_store",
    "xml_entities",
    "xslt_stylesheet",
}
"""Their first argument is a file or a directory."""

PASSES: Final = frozenset(
    {
        "auth_http",
        "fastcgi_pass",
        "grpc_pass",
        "memcached_pass",
        "pass",
        "proxy_pass",
        "scgi_pass",
        "uwsgi_pass",
        "zone_sync_server",
    }
)
"""Their first argument names a host, which is looked up at start where it has no variable."""

DATA_BLOCKS: Final = frozenset({"charset_map", "geo", "map", "match", "split_clients", "types"})
"""Their bodies hold data; of these `include` alone is a directive."""

_CODE: Final = re.compile(r"js_|perl$|perl_|\w*_by_lua|lua_")

# newer than crossplane's table, and opening nothing
_NEWER: Final = frozenset(
    {
        "add_header_inherit",
        "add_trailer_inherit",
        "auth_delay",
        "grpc_ssl_certificate_cache",
        "http2",
        "http3",
        "http3_hq",
        "http3_max_concurrent_streams",
        "http3_stream_buffer_size",
        "keepalive_min_timeout",
        "keepalive_time",
        "more_clear_headers",
        "more_clear_input_headers",
        "more_set_headers",
        "more_set_input_headers",
        "mp4_start_key_frame",
        "pass",
        "proxy_cookie_flags",
        "proxy_half_close",
        "proxy_pass_trailers",
        "proxy_ssl_certificate_cache",
        "quic_active_connection_id_limit",
        "quic_gso",
        "quic_retry",
        "ssl_alpn",
        "ssl_certificate_cache",
        "ssl_certificate_compression",
        "ssl_object_cache_inheritable",
        "ssl_ocsp",
        "ssl_ocsp_cache",
        "ssl_reject_handshake",
        "uwsgi_ssl_certificate_cache",
        "worker_aio_requests",
    }
)


def is_code(name: str) -> bool:
    """Tell whether a directive makes nginx run a program of the repository, even for a test."""
    return _CODE.match(name) is not None


def is_known(name: str) -> bool:
    """Tell whether it is known of a directive what it opens."""
    from crossplane.analyzer import DIRECTIVES

    return name in _NEWER or name in SET_ASIDE or name in DIRECTIVES
