import pytest

from patcher.stack.migrate.apps import App, apps, are_apart, is_migrated
from patcher.stack.stack import Stack
from patcher.text import Source
from tests.stacks import stack_of

DOCKERFILE = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD gunicorn shop.wsgi\n"
DB = "  db: {image: postgres:16}\n"
WEB = "  web: {build: ./web, environment: {DB_HOST: db}}\n"


def stack(services: str, **files: str) -> Stack:
    texts = {
        "compose.yaml": f"services:\n{services}",
        "web/Dockerfile": DOCKERFILE,
        "web/manage.py": "import django\n",
        "accounts/Dockerfile": DOCKERFILE,
        "accounts/manage.py": "import django\n",
        **files,
    }
    return stack_of({path: Source(path, text) for path, text in texts.items()})


def named(services: str, **files: str) -> dict[str, App]:
    found = apps(stack(services, **files))
    return {service.name: app for app in found for service in app.services}


def names(app: App) -> list[str]:
    return [service.name for service in app.services]


def test_services_of_one_build_or_image_are_one_app() -> None:
    found = named(
        "  a: {build: ./web}\n  b: {build: {context: web}, image: shop}\n  c: {image: shop}\n"
        "  d: {build: {context: ./web, target: test}}\n  e: {image: other}\n  f: {image: other}\n"
    )
    assert names(found["a"]) == ["a", "b", "c"]
    assert names(found["d"]) == ["d"]
    assert names(found["e"]) == ["e", "f"]


def test_builds_that_are_not_in_the_project_are_not_the_same() -> None:
    found = named("  a: {build: https://x.example/a.git}\n  b: {build: https://x.example/b.git}\n")
    assert names(found["a"]) == ["a"]


def test_the_main_service_is_a_server_with_a_database() -> None:
    jobs = (
        "  first: {build: ./web, command: python boot.py, environment: {DB_HOST: db}}\n"
        "  worker: {build: ./web, command: celery -A a worker, environment: {DB_HOST: db}}\n"
        "  plain: {build: ./web}\n"
    )
    after = "{build: ./web, environment: {DB_HOST: db}, depends_on: {first: "
    waits = "{condition: service_completed_successfully}}}\n"
    app = named(f"{DB}{jobs}  web: {after}{waits}")["web"]
    assert app.main is not None
    assert app.main.name == "web"
    assert [one.name for one in app.users] == ["first", "worker", "plain", "web"]


def test_a_commented_migration_makes_the_main_service() -> None:
    worker = "command: 'sh -c \"celery -A a worker # python manage.py migrate\"'"
    app = named(f"{DB}{WEB}  worker: {{build: ./web, environment: {{DB_HOST: db}}, {worker}}}\n")
    assert app["web"].main is not None
    assert app["web"].main.name == "worker"


def test_a_service_without_need_of_tables_is_no_user() -> None:
    app = named(f"{DB}{WEB}  css: {{build: ./web, command: python manage.py collectstatic}}\n")
    assert [one.name for one in app["web"].users] == ["web"]


@pytest.mark.parametrize(
    ("service", "found"),
    [
        ("{image: x, environment: {A_HOST: db}}", ["db"]),
        ("{image: x, environment: {DATABASE_URL: 'mysql://u@sql/d'}}", ["my"]),
        ("{image: x, depends_on: [my, mongo, cache]}", ["my"]),
        ("{image: x, environment: {A_HOST: mongo, B_HOST: job}}", []),
        ("{image: x, environment: {A_HOST: db.example.com}}", []),
    ],
)
def test_databases(service: str, found: list[str]) -> None:
    others = (
        "  my: {image: mariadb:11, hostname: sql}\n  mongo: {image: mongo:7}\n"
        "  cache: {image: redis:7}\n  job: {image: postgres:16, command: psql -h db}\n"
        "  x: {image: y, depends_on: {job: {condition: service_completed_successfully}}}\n"
    )
    app = named(f"{DB}{others}  app: {service}\n")["app"]
    assert app.databases(app.services[0]) == found


@pytest.mark.parametrize(
    ("service", "unread"),
    [
        ("{build: ./web}", ()),
        ("{build: ./web, command: ./run.sh}", ("./run.sh",)),
        ("{build: ./base}", ("example/base:1",)),
        ("{build: ./base, entrypoint: gunicorn a.wsgi}", ()),
        ("{build: ./none}", ("its Dockerfile",)),
        ("{image: example/shop}", ("example/shop",)),
        ("{image: 'python:3.12'}", ()),
    ],
)
def test_what_the_project_does_not_hold(service: str, unread: tuple[str, ...]) -> None:
    files = {"base/Dockerfile": "FROM example/base:1\nCMD gunicorn a.wsgi\n"}
    assert named(f"  a: {service}\n", **files)["a"].unread == unread


def test_the_image_of_a_build_in_the_stack_is_known() -> None:
    services = "  a: {build: ./web, image: shop}\n  b: {image: shop, command: celery worker}\n"
    assert named(services)["b"].unread == ()


@pytest.mark.parametrize(
    ("service", "migrated"),
    [
        ("{build: ./web, command: python manage.py migrate}", True),
        ("{build: ./web, profiles: [x], command: python manage.py migrate}", True),
        ("{build: ./accounts, command: python manage.py migrate}", False),
        ("{build: ./accounts, command: python manage.py collectstatic}", False),
        ("{image: flyway/flyway, command: migrate}", True),
        ("{image: example/shop, command: python manage.py migrate}", True),
        ("{image: example/migrations}", True),
        ("{image: alpine, command: echo}", False),
    ],
)
def test_is_migrated(service: str, migrated: bool) -> None:
    every = list(apps(stack(f"{DB}{WEB}  other: {service}\n")))
    app = next(one for one in every if names(one)[0] == "web")
    assert is_migrated(app, every) is migrated


@pytest.mark.parametrize(
    ("job", "migrated"), [("{image: example/x}", True), ("{image: alpine, command: date}", False)]
)
def test_an_unknown_job_that_the_app_waits_for_may_migrate(job: str, migrated: bool) -> None:
    wait = "depends_on: {job: {condition: service_completed_successfully}}"
    web = f"  web: {{build: ./web, environment: {{DB_HOST: db}}, {wait}}}\n"
    every = list(apps(stack(f"{DB}{web}  job: {job}\n")))
    app = next(one for one in every if names(one)[0] == "web")
    assert is_migrated(app, every) is migrated


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("{build: ./web}", "{build: ./accounts}", True),
        ("{build: ./web}", "{build: {context: ./web, target: x}}", False),
        ("{build: ./web}", "{image: 'python:3', working_dir: /s, volumes: ['.:/s']}", False),
        ("{build: ./web}", "{image: shop}", False),
    ],
)
def test_are_apart(one: str, other: str, apart: bool) -> None:
    found = named(f"  a: {one}\n  b: {other}\n")
    assert are_apart(found["a"], found["b"]) is apart
    assert are_apart(found["b"], found["a"]) is apart


def test_a_doubt_of_the_command_or_of_what_the_start_prepares() -> None:
    app = named(f"{DB}{WEB}")["web"]
    assert app.main is not None
    framework = app.framework(app.main)
    assert framework is not None
    assert app.doubt(app.main, framework) is None
    command = "command: 'sh -c \"pip install django && gunicorn shop.wsgi\"'"
    app = named(f"{DB}  web: {{build: ./web, environment: {{DB_HOST: db}}, {command}}}\n")["web"]
    assert "pip install django" in (app.doubt(app.services[0], framework) or "")
