from __future__ import annotations

import pytest

from patcher.stack.known_ports import is_declared, is_published_as, known_ports
from tests.stack.compose_texts import stack


def ports(service: str, files: dict[str, str] | None = None) -> tuple[int, ...] | None:
    found = stack(f"services:\n  app: {{{service}}}\n", files)
    assert not found.problems
    known = known_ports(found, found.project.services["app"])
    return known.ports if known else None


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("gunicorn -b 0.0.0.0:8000 a:b", (8000,)),
        ("sh -c 'python manage.py migrate && exec gunicorn -b :8000 a:b'", (8000,)),
        ("sh -c 'if x; then uvicorn a:b --port 81; else gunicorn -b :82 a:b; fi'", (81, 82)),
        ("uvicorn a:b", (8000,)),
        ("daphne -p 9000 a:b", (9000,)),
        ("python -m http.server", (8000,)),
        ("python manage.py runserver 0.0.0.0:8001", (8001,)),
        ("python manage.py runserver", None),
        ("gunicorn a:b", None),
        ("gunicorn -b :8000 -b :8001 a:b", None),
        ("gunicorn -b unix:/run/app.sock a:b", None),
        ("gunicorn -b ':$${PORT}' a:b", None),
        ("gunicorn -c conf.py a:b", None),
        ("daphne -p 9000 -e tcp:port=9001 a:b", None),
        ("uwsgi --http :8000", None),
        ("flask run", None),
        ("node server.js", None),
        ("sh -c 'node metrics.js & gunicorn -b :8000 a:b'", None),
        ("./run.sh gunicorn -b :8000 a:b", None),
        ("celery worker", None),
        ("server --port 9000", None),
    ],
)
def test_the_servers_of_a_command(command: str, expected: tuple[int, ...] | None) -> None:
    assert ports(f'image: python:3.12, command: "{command}"') == expected


SITE = "./site.conf:/etc/nginx/conf.d/default.conf"


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("listen 81; listen [::]:82;", (81, 82)),
        ("listen 192.0.2.1:83 ssl;", (83,)),
        ("listen *;", (80,)),
        ("listen unix:/run/a.sock; listen 84;", (84,)),
        ("", (80, 8000)),
        ("listen $port;", None),
        ("listen 8000-8010;", None),
        ("listen 81; } include /etc/nginx/more/*.conf; server { listen 82;", None),
    ],
)
def test_the_ports_of_an_nginx(listen: str, expected: tuple[int, ...] | None) -> None:
    text = {"site.conf": f"server {{ {listen} }}\n"}
    assert ports(f"image: nginx:1.27, volumes: ['{SITE}']", text) == expected


def test_the_images_own_site_counts_unless_it_is_replaced() -> None:
    text = {"site.conf": "server { listen 81; }\n"}
    beside = SITE.replace("default", "app")
    assert ports(f"image: nginx:1.27, volumes: ['{beside}']", text) == (80, 81)
    main = {"site.conf": "events {} http { server { listen 81; } }\n"}
    place = SITE.replace("conf.d/default", "nginx")
    assert ports(f"image: nginx:1.27, volumes: ['{place}']", main) == (81,)
    including = "events {} http { include /etc/nginx/conf.d/*.conf; server { listen 81; } }\n"
    more = {"site.conf": including}
    assert ports(f"image: nginx:1.27, volumes: ['{place}']", more) == (80, 81)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("image: nginx:1.27", (80,)),
        ("image: nginxinc/nginx-unprivileged", (8080,)),
        ("image: 'php:8.3-fpm'", (9000,)),
        ("image: 'php:8.3-apache'", (80,)),
        ("image: 'httpd:2.4'", (80,)),
        ("image: nginx:1.27, command: nginx -g 'daemon off;'", (80,)),
        ("image: nginx:1.27, command: nginx -c /srv/my.conf", None),
        ("image: nginx:1.27, command: /start.sh", None),
        ("image: nginx:1.27, volumes: ['conf:/etc/nginx']", None),
        ("image: nginx:1.27, configs: [{source: a, target: /etc/nginx/conf.d/a.conf}]", None),
        ("image: 'php:8.3-apache', volumes: ['../ports.conf:/etc/apache2/ports.conf']", None),
        ("image: 'php:8.3-apache', volumes: ['./src:/var/www/html']", (80,)),
        ("image: 'php:8.3-apache', environment: {APACHE_PORT: 8080}", None),
        ("image: 'php:8.3-cli'", None),
        ("image: 'nginx:${TAG}'", None),
        ("image: example/nginx", None),
        ("image: postgres:16", None),
    ],
)
def test_the_port_of_an_image(service: str, expected: tuple[int, ...] | None) -> None:
    assert ports(service) == expected


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN apk add --no-cache tzdata", (80,)),
        ("RUN sed -i s/80/81/ /etc/nginx/conf.d/default.conf", None),
        ("COPY --from=build /conf/ /etc/nginx/", None),
        ("COPY --from=build /rootfs/ /", None),
        ("COPY --from=build /dist /usr/share/nginx/html", (80,)),
    ],
)
def test_the_port_of_a_built_image(run: str, expected: tuple[int, ...] | None) -> None:
    files = {"app/Dockerfile": f"FROM node AS build\nFROM nginx:1.27\n{run}\n"}
    assert ports("build: ./app", files) == expected


def test_a_network_that_others_use_has_their_ports() -> None:
    other = "services:\n  app: {image: nginx}\n  b: {image: x, network_mode: 'service:app'}\n"
    found = stack(other)
    assert known_ports(found, found.project.services["app"]) is None


@pytest.mark.parametrize(
    ("item", "port", "expected"),
    [
        ("'5001:5000'", 5001, True),
        ("'127.0.0.1:5001:5000/tcp'", 5001, True),
        ("{published: 5001, target: 5000}", 5001, True),
        ("'5001:5001'", 5001, False),
        ("'5000:5001'", 5001, False),
        ("'5001'", 5001, False),
    ],
)
def test_published_as(item: str, port: int, expected: bool) -> None:
    found = stack(f"services:\n  app: {{image: x, ports: [{item}]}}\n")
    assert is_published_as(found.project.services["app"], port) is expected


def test_declared_ports() -> None:
    compose = "services:\n  app: {build: ., expose: [81], ports: ['9082:82']}\n"
    found = stack(compose, {"Dockerfile": "FROM nginx\nEXPOSE 83\n"})
    app = found.project.services["app"]
    assert [port for port in (80, 81, 82, 83, 9082) if is_declared(found, app, port)] == [
        81,
        82,
        83,
    ]
