from __future__ import annotations

from patcher.stack.compose.configs import Config
from tests.stack.nginx_texts import stack

COMPOSE = """\
services:
  web:
    image: nginx
    configs:
      - plain
      - source: site
        target: /etc/nginx/conf.d/site.conf
      - source: inline
        target: /inline.conf
      - source: outside
        target: /outside.conf
      - source: nowhere
configs:
  plain:
    file: ./conf/plain.conf
  site:
    file: ${FOLDER:-deploy}/site.conf
  inline:
    content: |
      gzip on;
  outside:
    file: ../outside.conf
"""


def configs() -> dict[str, Config]:
    found = stack({"compose.yaml": COMPOSE}).facts["web"].configs
    return {one.target: one for one in found}


def test_files() -> None:
    assert {path: one.path for path, one in configs().items()} == {
        "/plain": "conf/plain.conf",
        "/etc/nginx/conf.d/site.conf": "deploy/site.conf",
        "/inline.conf": None,
        "/outside.conf": None,
        "/nowhere": None,
    }


def test_text() -> None:
    content = configs()["/inline.conf"].content
    assert content is not None
    assert content.value == "gzip on;\n"
    assert configs()["/plain"].content is None


def test_the_container_sees_them() -> None:
    found = stack({"compose.yaml": COMPOSE, "deploy/site.conf": "server { listen 80; }"})
    (nginx,) = found.nginx
    assert [tree.source.path for tree in nginx.trees()] == ["deploy/site.conf"]
