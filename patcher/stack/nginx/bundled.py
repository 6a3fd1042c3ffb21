"""What images bring for nginx: where their main file is, what it includes, and what is in it.

Sources: the Dockerfiles and main files of the images named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from patcher.stack.facts import Facts
from patcher.stack.image.reference import parse_reference
from patcher.stack.nginx.files import NginxFiles

# where images look for their main file, and what their own main file includes in `http`
MAIN_FILES: Final = (
    "/etc/nginx/nginx.conf",
    "/usr/local/openresty/nginx/conf/nginx.conf",
    "/opt/bitnami/nginx/conf/nginx.conf",
    "/config/nginx/nginx.conf",
    "/etc/angie/angie.conf",
    "/usr/local/nginx/conf/nginx.conf",
)
_PLAIN_INCLUDES: Final = (
    "/etc/nginx/conf.d/*.conf",
    "/opt/bitnami/nginx/conf/server_blocks/*.conf",
    "/etc/angie/http.d/*.conf",
)
# the packages of Debian and Alpine
_PACKAGE_INCLUDES: Final = ("/etc/nginx/sites-enabled/*", "/etc/nginx/http.d/*.conf")
# its main file reads conf.d outside of `http`; at first start it writes a resolver.conf
_LINUXSERVER: Final = "linuxserver/"
_LINUXSERVER_INCLUDES: Final = (
    "/config/nginx/resolver.conf",
    "/etc/nginx/http.d/*.conf",
    "/config/nginx/site-confs/*.conf",
)
# images whose own main file sets no resolver and includes nothing else in `http`
_PLAIN_IMAGES: Final = frozenset(
    {
        "nginx",
        "nginxinc/nginx-unprivileged",
        "ghcr.io/nginxinc/nginx-unprivileged",
        "openresty/openresty",
        "bitnami/nginx",
        "bitnamilegacy/nginx",
        "docker.angie.software/angie",
    }
)
# what images and certbot bring, none of which sets a resolver
KNOWN_FILES: Final = frozenset(
    {
        "mime.types",
        "fastcgi.conf",
        "fastcgi_params",
        "uwsgi_params",
        "scgi_params",
        "koi-utf",
        "koi-win",
        "win-utf",
        "options-ssl-nginx.conf",
    }
)
KNOWN_FOLDERS: Final = frozenset(
    {
        "/etc/nginx/conf.d",
        "/etc/nginx/default.d",
        "/etc/nginx/http.d",
        "/etc/angie/http.d",
        "/etc/nginx/sites-enabled",
        "/opt/bitnami/nginx/conf/server_blocks",
        "/config/nginx/site-confs",
    }
)


def main_files(words: tuple[str, ...]) -> Iterator[str]:
    """Yield where the main file may be, the likeliest first; `words` may say `-c FILE`."""
    for word, following in pairwise(words):
        if word == "-c" and following.startswith("/"):
            yield following
    yield from MAIN_FILES


def http_includes(facts: Facts) -> tuple[str, ...]:
    """Return what the image's own main file includes in `http`, as far as is known."""
    name = parse_reference(facts.base_image).name
    if name in _PLAIN_IMAGES:
        return _PLAIN_INCLUDES
    if _LINUXSERVER in name:
        return _LINUXSERVER_INCLUDES
    return _PLAIN_INCLUDES + _PACKAGE_INCLUDES


def unread_main(facts: Facts, files: NginxFiles) -> list[str]:
    """Name the main file where it may hold anything; nothing for the well-known images' own."""
    if any(files.is_outside(path) for path in main_files(facts.words)):
        return ["the main file that is mounted from elsewhere"]
    name = parse_reference(facts.base_image).name
    if name in _PLAIN_IMAGES or _LINUXSERVER in name:
        return []
    image = f"`{facts.base_image}`" if facts.base_image else f"of `{facts.service.name}`"
    return [f"the main file of the image {image}"]
