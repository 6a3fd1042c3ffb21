import pytest

from patcher.stack.start.wrappers import normalise, program_file, shell_text, unwrap


@pytest.mark.parametrize(
    ("command", "inner", "runner"),
    [
        ("exec env -u X A=b time c d", "c d", ""),
        ("gosu app c d", "c d", ""),
        ("sudo -E -u app c", "c", ""),
        ("tini -g -- c d", "c d", ""),
        ("dumb-init c", "c", ""),
        ("timeout -k 5 30 c", "c", ""),
        ("./wait-for-it.sh db:5432 -t 30 -- ./wait-for cache:1 -- c d", "c d", ""),
        ("dockerize -wait tcp://db:5432 -timeout 60s c d", "c d", ""),
        ("set -- c d", "c d", ""),
        ("poetry run c d", "c d", "poetry run"),
        ("bundle exec c", "c", "bundle exec"),
        ("exec uv run --no-sync c d", "c d", "uv run --no-sync"),
        ("npx --yes c d", "c d", ""),
        ("yarn exec c", "c", ""),
        ("set -e", "set -e", ""),
        ("npm run c", "npm run c", ""),
        ("ptw -- -v", "ptw -- -v", ""),
    ],
)
def test_unwrap(command: str, inner: str, runner: str) -> None:
    found = unwrap(tuple(command.split()))
    assert found.words == tuple(inner.split())
    assert found.runner == tuple(runner.split())


def test_a_command_of_wrappers_alone_is_cut() -> None:
    assert len(unwrap(("exec",) * 10_000).words) > 9_000


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python3 -u /code/manage.py migrate", "manage.py migrate"),
        ("./manage.py migrate", "manage.py migrate"),
        ("python -m alembic upgrade head", "alembic upgrade head"),
        ("/venv/bin/alembic upgrade head", "alembic upgrade head"),
        ("php -d memory_limit=-1 artisan migrate", "artisan migrate"),
        ("php bin/console d:m:m", "console d:m:m"),
        ("node ./node_modules/.bin/prisma migrate deploy", "prisma migrate deploy"),
        ("python main.py", "python main.py"),
        ("node server.js", "node server.js"),
    ],
)
def test_normalise(command: str, expected: str) -> None:
    assert normalise(tuple(command.split())) == tuple(expected.split())


def test_program_file() -> None:
    assert program_file(("python", "-u", "main.py", "x.py")) == "main.py"
    assert program_file(("python", "-m", "http.server")) is None
    assert program_file(("gunicorn", "main.py")) is None


def test_shell_text() -> None:
    assert shell_text(("bash", "-lc", "a b")) == 2
    assert shell_text(("sh", "-x", "-c", "a", "b")) == 3
    assert shell_text(("su", "app", "-c", "a")) == 3
    assert shell_text(("sh", "script.sh", "-c", "a")) is None
    assert shell_text(("python", "-c", "a")) is None
