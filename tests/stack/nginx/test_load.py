from __future__ import annotations

import pytest

from patcher.errors import LimitError
from patcher.lang.nginx import MAX_DEPTH
from patcher.stack.nginx.load import MAX_INCLUDES
from patcher.stack.nginx.scopes import Nginx
from tests.stack.nginx_texts import COMPOSE, nginx_of, site, stack

SERVER = "server { listen 80; }\n"


def compose(*volumes: str, image: str = "nginx:1.27", more: str = "") -> str:
    mounts = "".join(f"\n      - {volume}" for volume in volumes)
    return f"services:\n  proxy:\n    image: {image}\n    volumes:{mounts}\n{more}"


def paths(nginx: Nginx) -> list[str]:
    return [tree.source.path for tree in nginx.trees()]


def http_unread(nginx: Nginx) -> list[str]:
    return [text for scope in nginx.main.walk() for text in scope.unread if scope.kind != "main"]


def test_a_fragment_is_read_as_http() -> None:
    nginx = site(SERVER)
    assert [scope.kind for scope in nginx.main.walk()] == ["main", "http", "server"]
    assert paths(nginx) == ["site.conf"]
    assert nginx.service is not None
    assert nginx.service.name == "proxy"


def test_a_main_file_is_read_as_main_and_its_includes_in_order() -> None:
    nginx = nginx_of(
        {
            "compose.yaml": compose("./nginx.conf:/etc/nginx/nginx.conf", "./d:/etc/nginx/conf.d"),
            "nginx.conf": "events {} http { include /etc/nginx/conf.d/*.conf; }",
            "d/b.conf": SERVER,
            "d/a.conf": SERVER,
            "d/readme.txt": "not nginx {",
            "d/.hidden.conf": "not nginx {",
        }
    )
    assert paths(nginx) == ["nginx.conf", "d/a.conf", "d/b.conf"]
    assert http_unread(nginx) == []


def test_a_main_file_that_includes_nothing_hides_conf_d() -> None:
    nginx = nginx_of(
        {
            "compose.yaml": compose("./nginx.conf:/etc/nginx/nginx.conf", "./d:/etc/nginx/conf.d"),
            "nginx.conf": "events {} http { server { listen 80; } }",
            "d/a.conf": "server { listen 81; }",
        }
    )
    assert paths(nginx) == ["nginx.conf"]


def test_the_command_names_the_main_file_and_relative_includes_start_there() -> None:
    command = "    command: nginx -c /app/conf/main.conf -g 'daemon off;'\n"
    nginx = nginx_of(
        {
            "compose.yaml": compose("./conf:/app/conf", more=command),
            "conf/main.conf": "events {} http { include sites/*; }",
            "conf/sites/one": SERVER,
        }
    )
    assert paths(nginx) == ["conf/main.conf", "conf/sites/one"]


def test_wildcards_in_folders() -> None:
    nginx = nginx_of(
        {
            "compose.yaml": compose("./n:/etc/nginx/n", "./s.conf:/etc/nginx/conf.d/s.conf"),
            "s.conf": "include n/*/dns.conf;",
            "n/b/dns.conf": "resolver 127.0.0.11;",
            "n/a/other.conf": SERVER,
        }
    )
    assert paths(nginx) == ["s.conf", "n/b/dns.conf"]


def test_a_file_included_in_two_servers_is_in_both() -> None:
    nginx = nginx_of(
        {
            "compose.yaml": compose(
                "./s.conf:/etc/nginx/conf.d/s.conf", "./p.inc:/etc/nginx/p.inc"
            ),
            "s.conf": "server { include p.inc; } server { include p.inc; }",
            "p.inc": "listen 80;",
        }
    )
    servers = [scope for scope in nginx.main.walk() if scope.kind == "server"]
    assert [[one.name for one in server.directives] for server in servers] == [
        ["include", "listen"],
        ["include", "listen"],
    ]


def test_files_copied_by_the_dockerfile() -> None:
    nginx = nginx_of(
        {
            "compose.yaml": "services:\n  web:\n    build: ./web\n",
            "web/Dockerfile": "FROM nginx:1.27\nCOPY site.conf /etc/nginx/conf.d/default.conf\n",
            "web/site.conf": SERVER,
        }
    )
    assert paths(nginx) == ["web/site.conf"]
    assert http_unread(nginx) == []


def test_a_template_is_read_where_it_is_rendered_to() -> None:
    files = {
        "compose.yaml": compose("./t:/etc/nginx/templates"),
        "t/site.conf.template": SERVER,
        "t/notes.template": SERVER,
        "t/site.conf": SERVER,
    }
    assert paths(nginx_of(files)) == ["t/site.conf.template"]


def test_a_template_takes_the_place_of_a_file() -> None:
    nginx = nginx_of(
        {
            "compose.yaml": compose("./t:/etc/nginx/templates", "./d:/etc/nginx/conf.d"),
            "t/default.conf.template": SERVER,
            "d/default.conf": "server { listen 8080; }",
        }
    )
    assert paths(nginx) == ["t/default.conf.template"]


@pytest.mark.parametrize(
    "command",
    [
        """/bin/sh -c "envsubst '$$HOST' < /t/site > /etc/nginx/conf.d/a.conf && nginx\"""",
        '["sh", "-c", "envsubst </t/site >/etc/nginx/conf.d/a.conf; exec nginx"]',
    ],
)
def test_a_file_that_the_command_renders(command: str) -> None:
    files = {"compose.yaml": compose("./t:/t", more=f"    command: {command}\n"), "t/site": SERVER}
    assert paths(nginx_of(files)) == ["t/site"]


def test_what_the_project_does_not_hold_is_named() -> None:
    nginx = site("server { include mime.types; include snippets/tls.conf; include other/*.conf; }")
    assert http_unread(nginx) == ["`include snippets/tls.conf`", "`include other/*.conf`"]


def test_an_image_of_others_has_a_main_file_of_its_own() -> None:
    compose_file = COMPOSE.replace("nginx:1.27-alpine", "nginxproxy/nginx-proxy:1.6")
    nginx = nginx_of({"compose.yaml": compose_file, "site.conf": SERVER})
    assert http_unread(nginx) == ["the main file of the image `nginxproxy/nginx-proxy:1.6`"]


@pytest.mark.parametrize(
    ("image", "target", "unread"),
    [
        ("debian:12", "/etc/nginx/sites-enabled/a", ["the main file of the image `debian:12`"]),
        ("alpine:3", "/etc/nginx/http.d/a.conf", ["the main file of the image `alpine:3`"]),
        ("docker.angie.software/angie:1.9", "/etc/angie/http.d/a.conf", []),
        ("bitnami/nginx", "/opt/bitnami/nginx/conf/server_blocks/a.conf", []),
        (
            "lscr.io/linuxserver/swag",
            "/config/nginx/site-confs/a.conf",
            ["`include /config/nginx/resolver.conf`"],
        ),
    ],
)
def test_what_images_include(image: str, target: str, unread: list[str]) -> None:
    files = {"compose.yaml": compose(f"./a:{target}", image=image), "a": SERVER}
    nginx = nginx_of(files)
    assert paths(nginx) == ["a"]
    assert http_unread(nginx) == unread


def test_the_official_image_does_not_include_sites_enabled() -> None:
    files = {"compose.yaml": compose("./a:/etc/nginx/sites-enabled/a"), "a": SERVER}
    assert stack(files).nginx == ()


def test_a_volume_may_hold_more() -> None:
    volumes = ("more:/etc/nginx/conf.d", "./a.conf:/etc/nginx/conf.d/a.conf")
    nginx = nginx_of({"compose.yaml": compose(*volumes), "a.conf": SERVER})
    assert http_unread(nginx) == ["`include /etc/nginx/conf.d/*.conf`"]


def test_what_a_start_writes_is_named() -> None:
    command = "    command: [sh, -c, 'gen > /etc/nginx/conf.d/b.conf; gen resolver > $F; nginx']\n"
    volume = "./a.conf:/etc/nginx/conf.d/a.conf"
    nginx = nginx_of({"compose.yaml": compose(volume, more=command), "a.conf": SERVER})
    assert http_unread(nginx) == [
        "what the command of `proxy` writes to `/etc/nginx/conf.d/b.conf`",
        "what the command of `proxy` writes, with a `resolver`",
    ]


def test_a_here_document_that_is_no_nginx_is_no_problem() -> None:
    dockerfile = (
        "FROM nginx\nCOPY <<A /etc/nginx/conf.d/a.conf\n$HEAD }\nA\nCOPY s /etc/nginx/conf.d/\n"
    )
    dockerfile += "COPY s /etc/nginx/conf.d/s.conf\n"
    compose_file = "services:\n  web: {build: .}\n"
    files = {"compose.yaml": compose_file, "Dockerfile": dockerfile, "s": SERVER}
    assert http_unread(nginx_of(files)) == ["a here-document in Dockerfile"]


def test_a_variable_in_place_of_a_directive() -> None:
    nginx = site("${MORE}\nserver { listen 80; ${DNS}; }\n")
    assert http_unread(nginx) == ["what stands for `${MORE}`", "what stands for `${DNS}`"]


def test_a_main_file_from_outside_of_the_project_is_not_taken_for_the_images() -> None:
    volumes = ("/srv/nginx.conf:/etc/nginx/nginx.conf", "./site.conf:/etc/nginx/conf.d/a.conf")
    nginx = nginx_of({"compose.yaml": compose(*volumes), "site.conf": SERVER})
    assert http_unread(nginx) == ["the main file that is mounted from elsewhere"]


def test_an_nginx_without_files_of_the_project_is_none() -> None:
    assert stack({"compose.yaml": "services:\n  web:\n    image: nginx\n"}).nginx == ()


def test_an_include_of_itself_ends() -> None:
    files = {
        "compose.yaml": compose("./d:/etc/nginx/conf.d"),
        "d/a.conf": "include /etc/nginx/conf.d/*.conf;\n" + SERVER,
    }
    assert paths(nginx_of(files)) == ["d/a.conf"]


def test_includes_that_multiply_are_given_up() -> None:
    levels = {f"d/{n}.inc": f"include /d/{n + 1}.inc;\n" * 9 for n in range(8)}
    files = {
        "compose.yaml": compose("./d:/d", "./d/0.inc:/etc/nginx/conf.d/a.conf"),
        **levels,
        "d/8.inc": SERVER,
    }
    with pytest.raises(LimitError, match=f"more than {MAX_INCLUDES} includes"):
        stack(files)


def test_nesting_through_includes_is_given_up() -> None:
    depth = MAX_DEPTH // 2 - 1
    levels = {
        f"d/{n}.inc": "location / {" * depth + f"include /d/{n + 1}.inc;" + "}" * depth
        for n in range(8)
    }
    found = stack(
        {
            "compose.yaml": compose("./d:/d", "./d/0.inc:/etc/nginx/conf.d/a.conf"),
            **levels,
            "d/8.inc": SERVER,
        }
    )
    assert [one.message for one in found.problems] == [
        f"blocks nest more than {MAX_DEPTH} deep through includes"
    ]


def test_a_broken_include_is_a_problem_and_the_rest_goes_on() -> None:
    found = stack(
        {
            "compose.yaml": compose("./d:/etc/nginx/conf.d"),
            "d/a.conf": "server {",
            "d/b.conf": SERVER,
        }
    )
    assert [(one.path, one.line) for one in found.problems] == [("d/a.conf", 1)]
    assert [paths(one) for one in found.nginx] == [["d/b.conf"]]


def test_a_file_given_by_name() -> None:
    files = {
        "compose.yaml": "services:\n  app:\n    image: example/app\n",
        "deploy/nginx.conf": "events {} http { include sites/*.conf; include /etc/nginx/x.conf; }",
        "deploy/sites/a.conf": SERVER,
        "deploy/b.conf": SERVER,
    }
    main, fragment = stack(files, ("deploy/nginx.conf", "deploy/b.conf")).nginx
    assert paths(main) == ["deploy/nginx.conf", "deploy/sites/a.conf"]
    assert http_unread(main) == ["`include /etc/nginx/x.conf`"]
    assert main.service is None
    assert [scope.kind for scope in fragment.main.walk()] == ["main", "http", "server"]


def test_a_file_given_by_name_that_is_not_there_is_a_problem() -> None:
    found = stack({}, ("nowhere.conf",))
    assert [str(one) for one in found.problems] == [
        "nowhere.conf: no such file; check the name given"
    ]
