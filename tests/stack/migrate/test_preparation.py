import pytest

from patcher.stack.migrate.preparation import preparation
from tests.stack.fakes import start

MANAGE = {"manage.py": "import django\n"}


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn a.wsgi",
        "set -e; echo hi; mkdir -p /x; exec gunicorn a.wsgi",
        "./wait-for-it.sh db:5432 -- gunicorn a.wsgi",
        "until pg_isready -h db; do sleep 1; done; gunicorn a.wsgi",
        "python manage.py collectstatic --noinput && gunicorn a.wsgi",
        "poetry run gunicorn a.wsgi",
        ("./run.sh",),
        ("npm", "start"),
    ],
)
def test_a_start_that_prepares_nothing(command: str | tuple[str, ...]) -> None:
    files = {
        **MANAGE,
        "run.sh": "#!/bin/sh\ngunicorn a.wsgi",
        "package.json": '{"scripts": {"start": "node a.js"}}',
    }
    assert preparation(start(command, files), through_entrypoint=False) is None


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("pip install -r r.txt && gunicorn a.wsgi", "pip install -r r.txt"),
        (". /venv/bin/activate && gunicorn a.wsgi", ". /venv/bin/activate"),
        ("export A=b; gunicorn a.wsgi", "export A=b"),
        ("A=b gunicorn a.wsgi", "A=b"),
        ("exec env A=b gunicorn a.wsgi", "A=b"),
        ("cd src && gunicorn a.wsgi", "/app/src"),
        ("doppler run -- gunicorn a.wsgi", "doppler run"),
        ("uvicorn --env-file .env a:b", "--env-file"),
        ("python make_settings.py && gunicorn a.wsgi", "make_settings.py"),
        (("./run.sh",), "cp settings.dist settings.py"),
        (("npm", "start"), "NODE_ENV=production"),
    ],
)
def test_a_start_that_prepares_something(command: str | tuple[str, ...], what: str) -> None:
    files = {
        **MANAGE,
        "run.sh": "#!/bin/sh\ncp settings.dist settings.py\ngunicorn a.wsgi",
        "package.json": '{"scripts": {"start": "NODE_ENV=production node a.js"}}',
    }
    found = preparation(start(command, files), through_entrypoint=False)
    assert found is not None
    assert what in found


def test_what_the_entrypoint_prepares_counts_where_it_does_not_run() -> None:
    of = start(
        ("gunicorn", "a.wsgi"),
        {"entry.sh": '#!/bin/sh\nexport A=b\nexec "$@"'},
        entrypoint=("./entry.sh",),
    )
    assert preparation(of, through_entrypoint=True) is None
    assert "export A=b" in (preparation(of, through_entrypoint=False) or "")
