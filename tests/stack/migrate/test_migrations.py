import json

import pytest

from patcher.stack.migrate.migrations import (
    certainty,
    framework_of,
    migration_calls,
    unread_scripts,
)
from patcher.stack.start.start import Start
from tests.stack.fakes import COMMAND, COMPOSE, start

DJANGO = {"manage.py": "import os\nfrom django.core.management import execute_from_command_line\n"}
ALEMBIC = {
    "alembic.ini": "[alembic]\nscript_location = alembic\nsqlalchemy.url = driver://u:p@localhost/d\n",
    "alembic/env.py": "url = os.environ['DATABASE_URL']\n",
}
SERVER = "daphne -b 0.0.0.0 -p 8000 shop.asgi:application"


def calls(of: Start) -> list[tuple[str, bool, str]]:
    return [(one.framework.id, one.live, one.text) for one in migration_calls(of)]


def package(**tables: dict[str, str]) -> str:
    return json.dumps(tables)


def settings(manage: str, server: str) -> dict[str, str]:
    line = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{}')\nimport django\n"
    return {"manage.py": line.format(manage), "a/wsgi.py": line.format(server)}


def test_the_folded_command_of_the_incident() -> None:
    script = f"# python manage.py migrate &&\n       {SERVER}"
    of = start(("sh", "-c", script), DJANGO)
    (call,) = migration_calls(of)
    assert (call.framework.id, call.live, call.text) == (
        "django",
        False,
        "python manage.py migrate",
    )
    assert (call.source, call.span) == (COMPOSE, COMMAND)
    framework = framework_of(of)
    assert framework is not None
    assert framework.migrate == ("python", "manage.py", "migrate", "--noinput")
    assert certainty(of, framework) is None


def test_a_script_that_nothing_starts_does_not_count() -> None:
    assert calls(start(SERVER, {**DJANGO, "entrypoint.sh": "python manage.py migrate"})) == []


@pytest.mark.parametrize(
    "script",
    [
        "python manage.py migrate --noinput",
        'if [ "$RUN_MIGRATIONS" = 1 ]; then python manage.py migrate; fi',
        'case "$1" in web) python manage.py migrate;; esac',
        "prepare() { python manage.py migrate; }\nprepare",
        "until python manage.py migrate; do sleep 1; done",
        "su app -c 'python manage.py migrate'",
        "python manage.py migrate | tee log",
        "./manage.py \\\n  migrate",
    ],
)
def test_a_migration_in_the_entrypoint_is_live(script: str) -> None:
    files = {**DJANGO, "entry.sh": f'#!/bin/sh\n{script}\nexec "$@"\n'}
    found = migration_calls(start(("gunicorn", "a.wsgi"), files, entrypoint=("./entry.sh",)))
    assert {(one.framework.id, one.live) for one in found} == {("django", True)}
    assert "migrate" in found[0].source.at(found[0].span)
    assert found[0].source.path == "entry.sh"


@pytest.mark.parametrize(
    "command",
    [
        "make migrate",
        "./auth migrate",
        "/entrypoint.sh db migrate",
        "airflow db upgrade",
        "python -m shop.migrations",
        "node dist/migrate.js",
        "sh -c 'cargo sqlx migrate run'",
    ],
)
def test_whatever_is_named_like_a_migration_counts(command: str) -> None:
    assert [(one[0], one[1]) for one in calls(start(command))] == [("other", True)]


@pytest.mark.parametrize(
    "command",
    [
        "echo Running migrations",
        "python manage.py makemigrations",
        "python manage.py showmigrations | tee migrate.log",
        '[ "$RUN_MIGRATIONS" = 1 ] && echo yes',
        "php artisan migrate:status",
        "mkdir -p migrations",
        "sh -c 'echo migrate'",
    ],
)
def test_what_only_speaks_of_migrations_does_not_count(command: str) -> None:
    assert calls(start(command)) == []


@pytest.mark.parametrize(
    "comment",
    [
        "python manage.py migrate",
        "python manage.py migrate --noinput --settings a.b &&",
        "poetry run alembic upgrade head",
        "RAILS_ENV=production bundle exec rake db:migrate RAILS_ENV=production",
    ],
)
def test_commented_commands(comment: str) -> None:
    found = migration_calls(start(f"{SERVER} # {comment}"))
    assert [one.live for one in found] == [False]


@pytest.mark.parametrize(
    "comment",
    [
        "Run migrations",
        "django migrate",
        "python manage.py migrate is run by hand",
        "alembic upgrade must not run here",
        "migrate up to the newest",
        "e.g. python manage.py migrate",
    ],
)
def test_prose_is_no_commented_command(comment: str) -> None:
    assert calls(start(f"{SERVER} # {comment}")) == []


def test_text_is_one_line_without_control_characters() -> None:
    ((_, _, text),) = calls(start("python manage.py \\\n   migrate --x=\x1b[31m"))
    assert text == "python manage.py \\ migrate --x=\\x1b[31m"


def test_package_scripts_migrate() -> None:
    scripts = package(scripts={"prestart": "prisma migrate deploy", "start": "node ."})
    found = migration_calls(start(("npm", "start"), {"package.json": scripts}, image="node:22"))
    assert [(one.framework.id, one.live) for one in found] == [("prisma", True)]


def test_images_that_are_migration_programs() -> None:
    assert calls(start(("-url=x", "migrate"), image="docker.io/flyway/flyway:11"))[0][0] == "other"
    assert calls(start(("info",), image="flyway/flyway")) == []


def test_unknown_scripts_are_told() -> None:
    assert unread_scripts(start(("./entry.sh",), DJANGO)) == ("./entry.sh",)
    assert unread_scripts(start(SERVER, DJANGO)) == ()


@pytest.mark.parametrize(
    ("files", "command", "framework"),
    [
        (DJANGO, "celery -A shop worker", "django"),
        ({"manage.py": "x"}, "gunicorn shop.wsgi", "django"),
        ({"manage.py": "x"}, "python manage.py runserver", None),
        ({"manage.py": "x"}, "python manage.py runserver 0.0.0.0:8000", "django"),
        ({}, "python manage.py runserver", None),
        ({}, "python manage.py runserver -h 0.0.0.0 -p 5000", None),
        ({}, "python manage.py runserver 8000", "django"),
        ({}, "python manage.py collectstatic; gunicorn a:b", "django"),
        ({"manage.py": "x"}, "gunicorn manage:app", None),
        ({"manage.py": "from flask.cli import FlaskGroup"}, "python manage.py runserver", None),
        ({"manage.py": "x", "migrations/env.py": "x"}, "python manage.py runserver", None),
        ({"alembic.ini": ""}, "uvicorn app:app", "alembic"),
        ({"migrations/env.py": "", "requirements.txt": "Flask_Migrate==4"}, "x", "flask-migrate"),
        ({"migrations/env.py": ""}, "flask run", "flask-migrate"),
        ({"bin/rails": "", "db/migrate/1.rb": ""}, "puma", "rails"),
        ({"bin/rails": ""}, "puma", None),
        ({}, "bundle exec rails s", "rails"),
        ({"artisan": "", "composer.json": '{"laravel/framework": 1}'}, "php-fpm", "laravel"),
        ({"artisan": "", "composer.json": "{}"}, "php-fpm", None),
        (
            {"bin/console": "", "composer.json": "doctrine/doctrine-migrations-bundle"},
            "php-fpm",
            "doctrine",
        ),
        ({"prisma/schema.prisma": "postgresql", "prisma/migrations/1/m.sql": ""}, "x", "prisma"),
        ({"prisma/schema.prisma": "mongodb", "prisma/migrations/1/m.sql": ""}, "x", None),
        ({"prisma/schema.prisma": "postgresql"}, "node .", None),
        ({"knexfile.js": ""}, "node .", "knex"),
        ({".sequelizerc": ""}, "node .", "sequelize"),
        ({"config/config.js": "", "migrations/1.js": ""}, "node .", None),
        ({"drizzle.config.ts": "", "drizzle/meta/j.json": ""}, "node .", "drizzle"),
        ({"mix.exs": "", "priv/repo/migrations/1.exs": ""}, "mix phx.server", "ecto"),
        ({}, "gunicorn shop.wsgi", None),
        ({"migrations/1.sql": ""}, "./server", None),
    ],
)
def test_framework(files: dict[str, str], command: str, framework: str | None) -> None:
    found = framework_of(start(command, files))
    assert (found.id if found else None) == framework


def test_typeorm_needs_a_script_of_the_project() -> None:
    files = {"src/migrations/1.ts": "", "package.json": package(dependencies={"typeorm": "1"})}
    of = start("node dist/main.js", files, image="node:22")
    found = framework_of(of)
    assert found is not None
    assert (found.id, found.migrate) == ("typeorm", None)
    assert "data source" in (certainty(of, found) or "")
    scripts = {"migration:run": "typeorm migration:run -d ./db.js"}
    files["package.json"] = package(dependencies={"typeorm": "1"}, scripts=scripts)
    found = framework_of(of)
    files["db.js"] = ""
    of = start("node dist/main.js", files, image="node:22")
    found = framework_of(of)
    assert found is not None
    assert found.migrate == ("npm", "run", "migration:run")
    assert certainty(of, found) is None


@pytest.mark.parametrize(
    ("command", "migrate"),
    [
        ("gunicorn a.wsgi", "python manage.py migrate --noinput"),
        ("python3 manage.py runserver", "python3 manage.py migrate --noinput"),
        ("python /code/manage.py runserver", "python /code/manage.py migrate --noinput"),
        ("poetry run gunicorn a.wsgi", "poetry run python manage.py migrate --noinput"),
        ("/opt/venv/bin/gunicorn a.wsgi", "/opt/venv/bin/python manage.py migrate --noinput"),
        ("./manage.py migrate; gunicorn a", "./manage.py migrate --noinput"),
        ("gunicorn a #uv run manage.py migrate --no-input", "uv run manage.py migrate --no-input"),
        ("python manage.py migrate $X", "python manage.py migrate --noinput"),
        ("cd x && python manage.py migrate", "python manage.py migrate --noinput"),
        (
            "python manage.py runserver --settings a.prod",
            "python manage.py migrate --noinput --settings a.prod",
        ),
    ],
)
def test_the_migrate_command_is_fitted_to_the_start(command: str, migrate: str) -> None:
    found = framework_of(start(command, DJANGO))
    assert found is not None
    assert found.migrate == tuple(migrate.split())


@pytest.mark.parametrize(
    ("command", "files", "image", "reason"),
    [
        ("gunicorn a.wsgi", DJANGO, "registry.example:5000/python:3.12", None),
        ("python3 manage.py runserver", DJANGO, "ubuntu:24.04", None),
        ("gunicorn a.wsgi", settings("a.dev", "a.dev"), "python:3", None),
        ("gunicorn a.wsgi:app", settings("a.dev", "a.prod"), "python:3", "settings `a.dev`"),
        (
            "python manage.py check --settings=a.prod; gunicorn a.wsgi",
            settings("a.dev", "a.prod"),
            "python:3",
            None,
        ),
        ("gunicorn a.wsgi", DJANGO, "ubuntu:24.04", "cannot tell whether the image ubuntu:24.04"),
        ("x", {**ALEMBIC, "requirements.txt": "alembic>=1\n"}, "python:3", None),
        ("x", {"alembic.ini": "", "requirements.txt": "alembic>=1\n"}, "python:3", "env.py"),
        (
            "x",
            {**ALEMBIC, "alembic/env.py": "config.get_main_option", "requirements.txt": "alembic"},
            "python:3",
            "takes the database from alembic.ini",
        ),
        ("x", {"alembic.ini": "", "requirements.txt": "alembic-utils\n"}, "python:3", "no require"),
        ("alembic current; x", ALEMBIC, "python:3", None),
        ("puma", {"bin/rails": "", "db/migrate/1.rb": ""}, "ruby:3.3-slim", None),
        ("php-fpm", {"artisan": "", "composer.json": "laravel/"}, "php:8.3-fpm", None),
        (
            "gunicorn a",
            {"migrations/env.py": "", "requirements.txt": "flask-migrate"},
            "python:3",
            "FLASK_APP",
        ),
        (
            "gunicorn a",
            {"migrations/env.py": "", "requirements.txt": "flask-migrate", "app.py": ""},
            "python:3",
            None,
        ),
        ("node .", {"knexfile.js": ""}, "node:22", "no package.json"),
        (
            "node .",
            {"knexfile.js": "", "package.json": package(dependencies={"knex": "3"})},
            "node:22",
            None,
        ),
        (
            "node .",
            {
                "knexfile.js": "{ host: '127.0.0.1' }",
                "package.json": package(dependencies={"knex": "3"}),
            },
            "node:22",
            "names a database of its own",
        ),
        (
            "node .",
            {"knexfile.ts": "", "package.json": package(dependencies={"knex": "3"})},
            "node:22",
            "ts-node",
        ),
        (
            "node .",
            {"knexfile.js": "", "package.json": package(devDependencies={"knex": "3"})},
            "node:22",
            "development dependency",
        ),
        (
            "node .",
            {"knexfile.js": "", "package.json": package(dependencies={"knex": "3"})},
            "oven/bun:1",
            "cannot tell whether the image oven/bun:1",
        ),
    ],
)
def test_certainty(command: str, files: dict[str, str], image: str, reason: str | None) -> None:
    of = start(command, files, image=image)
    found = framework_of(of)
    assert found is not None
    doubt = certainty(of, found)
    assert (doubt is None) == (reason is None)
    assert (reason or "") in (doubt or "")


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({**DJANGO, "shop/apps.py": "call_command('migrate', verbosity=0)"}, "gunicorn a.wsgi"),
        (
            {**DJANGO, "shop/management/commands/boot.py": 'call_command("migrate")'},
            "python manage.py boot",
        ),
        ({"alembic.ini": "", "main.py": "command.upgrade(config, 'head')"}, "uvicorn main:app"),
        (
            {
                "alembic.ini": "",
                "app/migrate.py": "command.upgrade(config, 'head')",
                "app/main.py": "from app.migrate import run",
            },
            "uvicorn app.main:app",
        ),
        ({"knexfile.js": "", "server.js": "await knex.migrate.latest()"}, "node server.js"),
        ({".sequelizerc": "", "src/index.js": "sequelize.sync({alter: true})"}, "node ."),
        (
            {
                "package.json": package(dependencies={"typeorm": "1"}),
                "src/migrations/1.ts": "",
                "src/app.module.ts": "{ migrationsRun: true }",
            },
            "node dist/main.js",
        ),
    ],
)
def test_an_application_that_migrates_by_itself(files: dict[str, str], command: str) -> None:
    (call,) = migration_calls(start(command, files))
    assert call.live
    assert call.text == call.source.at(call.span)


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({**DJANGO, "shop/tests/test_a.py": "call_command('migrate')"}, "gunicorn a.wsgi"),
        (
            {**DJANGO, "shop/management/commands/boot.py": 'call_command("migrate")'},
            "gunicorn a.wsgi",
        ),
        (
            {
                "knexfile.js": "",
                "scripts/migrate.js": "knex.migrate.latest()",
                "a.js": "glob.sync()",
            },
            "node a.js",
        ),
        (
            {
                "package.json": package(dependencies={"typeorm": "1"}),
                "src/migrations/1.ts": "",
                "src/app.module.ts": "{ migrationsRun: false, synchronize: false }",
            },
            "node dist/main.js",
        ),
    ],
)
def test_code_that_no_start_reaches_does_not_count(files: dict[str, str], command: str) -> None:
    assert calls(start(command, files)) == []
