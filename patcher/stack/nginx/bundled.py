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
)
HTTP_INCLUDES: Final = (
    "/etc/nginx/conf.d/*.conf",
    "/opt/bitnami/nginx/conf/server_blocks/*.conf",
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
        "/etc/nginx/sites-enabled",
        "/opt/bitnami/nginx/conf/server_blocks",
    }
)


def main_files(words: tuple[str, ...]) -> Iterator[str]:
    """Yield where the main file may be, the likeliest first; `words` may say `-c FILE`."""
    for word, following in pairwise(words):
        if word == "-c" and following.startswith("/"):
            yield following
    yield from MAIN_FILES


def unread_main(facts: Facts, files: NginxFiles) -> list[str]:
    """Name the main file where it may hold anything; nothing for the well-known images' own."""
    if any(files.is_outside(path) for path in main_files(facts.words)):
        return ["the main file that is mounted from elsewhere"]
    if parse_reference(facts.base_image).name in _PLAIN_IMAGES:
        return []
    image = f"`{facts.base_image}`" if facts.base_image else f"of `{facts.service.name}`"
    return [f"the main file of the image {image}"]
