import pytest

from patcher.stack.migrate.frameworks import FRAMEWORKS, OTHER, Framework
from patcher.stack.migrate.migrations import matches
from patcher.stack.start.wrappers import normalise, unwrap


def ids(command: str) -> list[str]:
    words = normalise(unwrap(tuple(command.split())).words)
    return [one.id for one in (*FRAMEWORKS, OTHER) if matches(one, words)]


def test_ids_are_unique() -> None:
    names = [one.id for one in FRAMEWORKS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: one.id)
def test_the_migrate_command_is_one_of_its_own_calls(framework: Framework) -> None:
    assert framework.markers
    if framework.migrate is None:
        assert framework.why_not
        assert framework.scripts
    else:
        assert ids(" ".join(framework.migrate)) == [framework.id]
        assert not framework.flags or framework.flags[0] in framework.migrate


@pytest.mark.parametrize(
    ("command", "framework"),
    [
        ("python manage.py migrate", "django"),
        ("python3 -u /code/manage.py --settings=a.b migrate --noinput", "django"),
        ("./manage.py migrate_schemas --shared", "django"),
        ("django-admin migrate", "django"),
        ("poetry run alembic -c conf/alembic.ini upgrade head", "alembic"),
        ("python -m flask --app shop db upgrade", "flask-migrate"),
        ("python manage.py db upgrade", "flask-migrate"),
        ("bundle exec rake db:create db:migrate", "rails"),
        ("bin/rails db:prepare", "rails"),
        ("php artisan migrate --force --seed", "laravel"),
        ("php bin/console doctrine:migrations:migrate -n", "doctrine"),
        ("npx prisma db push", "prisma"),
        ("yarn exec knex migrate:latest", "knex"),
        ("sequelize db:migrate", "sequelize"),
        ("npx typeorm migration:run -d dist/data-source.js", "typeorm"),
        ("npx drizzle-kit migrate", "drizzle"),
        ("mix ecto.migrate", "ecto"),
        ("flyway -url=x migrate", "other"),
        ("migrate -path /m -database x up", "other"),
        ("dotnet ef database update", "other"),
    ],
)
def test_calls(command: str, framework: str) -> None:
    assert ids(command) == [framework]


@pytest.mark.parametrize(
    "command",
    [
        "python manage.py makemigrations",
        "python manage.py migrate --check",
        "python manage.py migrate --plan",
        "php artisan migrate:status",
        "php artisan migrate --pretend",
        "alembic revision --autogenerate",
        "alembic upgrade head --sql",
        "npx prisma generate",
        "npx prisma migrate status",
        "bundle exec rails db:migrate:status",
        "echo python manage.py migrate",
    ],
)
def test_commands_that_do_not_migrate(command: str) -> None:
    assert ids(command) == []
