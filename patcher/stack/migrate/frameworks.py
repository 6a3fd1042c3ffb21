"""Migration frameworks, as data: how each is recognised, called, and run once.

Sources are the commands' own references: Django `django-admin`, Alembic and Flask-Migrate command
references, Rails and Laravel guides, DoctrineMigrationsBundle, and the CLI pages of Prisma, Knex,
Sequelize, TypeORM, MikroORM, Drizzle, Ecto, Flyway, Liquibase, golang-migrate, dbmate and goose.
"""

from __future__ import annotations

from typing import Final

from patcher.records import dataclass

_NO_DATA_SOURCE: Final = (
    "its migrate command needs the path of a data source, which only the project knows"
)


@dataclass(frozen=True, slots=True)
class Framework:
    """One migration framework.

    `calls` are the commands that migrate: a program and words that must follow it in that order.
    `migrate` is the one-shot, non-interactive command, or None with the reason in `why_not`; it
    must have one of `flags`, the first by default. `markers` are alternatives, each a group of
    which all must hold (see `patcher.stack.migrate.markers`). `package` is the distribution that
    brings the program, `scripts` are package.json scripts that people run it with.
    """

    id: str
    name: str
    family: str
    calls: tuple[tuple[str, ...], ...]
    migrate: tuple[str, ...] | None = None
    flags: tuple[str, ...] = ()
    markers: tuple[tuple[str, ...], ...] = ()
    package: str = ""
    scripts: tuple[str, ...] = ()
    why_not: str = "the project's own migrate command is not known"


def _words(*commands: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(command.split()) for command in commands)


# without an address, `manage.py runserver` may be Flask-Script's as well
_DJANGO_COMMANDS: Final = (
    r"start:^(manage\.py|django-admin) (runserver\S* (\S*:)?\d+|collectstatic|createsuperuser"
    r"|makemigrations|migrate|migrate_schemas|check|showmigrations|loaddata|flush|qcluster"
    r"|rqworker)( |$)"
)
_DJANGO_SERVER: Final = r"start:^(daphne|gunicorn|uvicorn|hypercorn|uwsgi|granian) .*\.[aw]sgi\b"
_NO_FLASK: Final = ("!manage.py~flask", "!migrations/env.py", "!pip:flask")
_TYPEORM_FOLDERS: Final = (
    "migrations/",
    "migration/",
    "src/migrations/",
    "src/migration/",
    "src/database/migrations/",
    "src/db/migrations/",
    "database/migrations/",
    "db/migrations/",
)
_RAILS_DATABASE: Final = ("db/migrate/", "config/database.yml")

FRAMEWORKS: Final = (
    Framework(
        "django",
        "Django",
        "python",
        _words(
            "manage.py migrate",
            "manage.py migrate_schemas",
            "django-admin migrate",
            "django migrate",
        ),
        ("python", "manage.py", "migrate", "--noinput"),
        ("--noinput", "--no-input"),
        (
            ("manage.py~django",),
            ("manage.py", *_NO_FLASK, _DJANGO_SERVER),
            (*_NO_FLASK, _DJANGO_COMMANDS),
        ),
        "django",
    ),
    Framework(
        "flask-migrate",
        "Flask-Migrate",
        "python",
        _words("flask db upgrade", "manage.py db upgrade"),
        ("flask", "db", "upgrade"),
        (),
        (
            ("migrations/env.py", "pip:flask-migrate"),
            ("migrations/env.py~flask",),
            ("migrations/env.py", "start:^flask (.* )?(run|db)( |$)"),
        ),
        "flask-migrate",
    ),
    Framework(
        "alembic",
        "Alembic",
        "python",
        _words("alembic upgrade"),
        ("alembic", "upgrade", "head"),
        (),
        (("alembic.ini",),),
        "alembic",
    ),
    Framework(
        "rails",
        "Rails",
        "ruby",
        _words(
            "rails db:migrate",
            "rake db:migrate",
            "rails db:prepare",
            "rake db:prepare",
            "rails db:setup",
            "rake db:setup",
            "rails db:schema:load",
            "rake db:schema:load",
            "hanami db migrate",
            "sequel -m",
        ),
        ("bundle", "exec", "rails", "db:migrate"),
        (),
        (
            *(("bin/rails", marker) for marker in _RAILS_DATABASE),
            *(("config/application.rb", marker) for marker in _RAILS_DATABASE),
            ("!bin/rails", "!config/application.rb", r"start:^rails (s|server)( |$)"),
        ),
    ),
    Framework(
        "laravel",
        "Laravel",
        "php",
        _words("artisan migrate", "artisan migrate:fresh", "artisan migrate:refresh"),
        ("php", "artisan", "migrate", "--force"),
        ("--force",),
        (
            ("artisan", "composer.json~laravel/"),
            ("artisan", "!composer.json", "database/migrations/"),
            (r"start:^artisan (serve|octane:\S+|queue:work|horizon|schedule:work)( |$)",),
        ),
    ),
    Framework(
        "doctrine",
        "Doctrine Migrations",
        "php",
        _words(
            "console doctrine:migrations:migrate",
            "console d:m:m",
            "console doctrine:schema:update",
            "console doctrine:schema:create",
        ),
        ("php", "bin/console", "doctrine:migrations:migrate", "--no-interaction"),
        ("--no-interaction", "-n"),
        (
            ("bin/console", "composer.json~doctrine/doctrine-migrations-bundle"),
            ("bin/console", "config/packages/doctrine_migrations.yaml"),
        ),
    ),
    Framework(
        "prisma",
        "Prisma",
        "node",
        _words(
            "prisma migrate deploy",
            "prisma migrate dev",
            "prisma migrate reset",
            "prisma db push",
        ),
        ("npx", "prisma", "migrate", "deploy"),
        (),
        (
            ("prisma/schema.prisma", "!prisma/schema.prisma~mongodb", "prisma/migrations/"),
            ("prisma/schema/", "prisma/migrations/", "npm:prisma"),
        ),
        "prisma",
    ),
    Framework(
        "knex",
        "Knex",
        "node",
        _words("knex migrate:latest", "knex migrate:up"),
        ("npx", "knex", "migrate:latest"),
        (),
        (("knexfile.*",),),
        "knex",
    ),
    Framework(
        "sequelize",
        "Sequelize",
        "node",
        _words("sequelize db:migrate", "sequelize-cli db:migrate"),
        ("npx", "sequelize-cli", "db:migrate"),
        (),
        (
            (".sequelizerc",),
            ("config/config.js", "migrations/", "npm:sequelize"),
            ("config/config.json", "migrations/", "npm:sequelize"),
        ),
        "sequelize-cli",
    ),
    Framework(
        "typeorm",
        "TypeORM",
        "node",
        _words(
            "typeorm migration:run",
            "typeorm-ts-node-commonjs migration:run",
            "typeorm-ts-node-esm migration:run",
            "ts-node migration:run",
            "typeorm schema:sync",
        ),
        None,
        (),
        tuple(("npm:typeorm", folder) for folder in _TYPEORM_FOLDERS),
        "typeorm",
        ("migration:run:prod", "migration:run", "migrations:run", "typeorm:migrate"),
        _NO_DATA_SOURCE,
    ),
    Framework(
        "mikro-orm",
        "MikroORM",
        "node",
        _words("mikro-orm migration:up", "mikro-orm schema:update"),
        None,
        (),
        (("npm:@mikro-orm/migrations",),),
        "@mikro-orm/cli",
        ("migration:up", "migrations:up"),
        "its migrate command needs the path of a configuration, which only the project knows",
    ),
    Framework(
        "drizzle",
        "Drizzle",
        "node",
        _words("drizzle-kit migrate", "drizzle-kit push"),
        ("npx", "drizzle-kit", "migrate"),
        (),
        (("drizzle.config.*", "drizzle/meta/"), ("drizzle.config.*", "drizzle/migrations/")),
        "drizzle-kit",
    ),
    Framework(
        "ecto",
        "Ecto",
        "elixir",
        _words("mix ecto.migrate", "mix ecto.setup"),
        ("mix", "ecto.migrate"),
        (),
        (("mix.exs", "priv/repo/migrations/"),),
    ),
)

OTHER: Final = Framework(
    "other",
    "a migration program",
    "",
    _words(
        "flyway migrate",
        "liquibase update",
        "migrate up",
        "dbmate up",
        "dbmate migrate",
        "goose up",
        "atlas migrate",
        "sqlx migrate",
        "diesel migration",
        "dotnet ef",
        "tern migrate",
        "node-pg-migrate up",
        "db-migrate up",
        "ace migration:run",
        "aerich upgrade",
        "yoyo apply",
        "phinx migrate",
        "bun migrate",
    ),
)

IMAGE_PROGRAMS: Final = {
    "flyway/flyway": "flyway",
    "redgate/flyway": "flyway",
    "liquibase/liquibase": "liquibase",
    "liquibase": "liquibase",
    "migrate/migrate": "migrate",
    "amacneil/dbmate": "dbmate",
    "arigaio/atlas": "atlas",
}
"""Images whose own entrypoint is a migration program, by name without registry and tag."""
