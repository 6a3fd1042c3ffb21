import pytest

from patcher.stack.migrate.seeded import makes_tables
from patcher.text import Source
from tests.stacks import stack_of

FOLDER = "/docker-entrypoint-initdb.d"


@pytest.mark.parametrize(
    ("mount", "files", "expected"),
    [
        ("./init:" + FOLDER, {"init/1.sql": "create table a (b int);"}, True),
        ("./init:" + FOLDER, {"init/1.sql": "CREATE UNLOGGED TABLE a (b int);"}, True),
        ("./init:" + FOLDER, {"init/1.sh": "pg_restore -d shop /dump"}, True),
        ("./init:" + FOLDER, {"init/1.sh": "psql < /shop.sql"}, True),
        ("./init:" + FOLDER, {"init/1.sql": "create extension citext; create role a;"}, False),
        ("./init:" + FOLDER, {}, False),
        (f"./1.sql:{FOLDER}/1.sql", {"1.sql": "create table a (b int);"}, True),
        (f"./1.sql:{FOLDER}/1.sql", {}, True),
        (f"/srv/dump.sql:{FOLDER}/dump.sql", {}, True),
        ("./init:/docker-entrypoint-initdb.data", {"init/1.sql": "create table a"}, False),
        ("data:/var/lib/postgresql/data", {}, False),
    ],
)
def test_makes_tables(mount: str, files: dict[str, str], expected: bool) -> None:
    compose = f"services:\n  db:\n    image: postgres:16\n    volumes:\n      - {mount}\n"
    texts = {"compose.yaml": compose, **files}
    stack = stack_of({path: Source(path, text) for path, text in texts.items()})
    assert makes_tables(stack.facts["db"]) is expected


def test_a_script_that_the_image_brings() -> None:
    texts = {
        "compose.yaml": "services:\n  db: {build: ./db}\n",
        "db/Dockerfile": f"FROM postgres:16\nCOPY 1.sql {FOLDER}/\n",
        "db/1.sql": "create table a (b int);",
    }
    stack = stack_of({path: Source(path, text) for path, text in texts.items()})
    assert makes_tables(stack.facts["db"])
