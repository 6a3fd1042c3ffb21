from __future__ import annotations

import shlex

import pytest

from patcher.stack.image.listening import listeners, runs_jobs, simple_commands

ENV = {"PORT": "4000", "UNKNOWN": None}


def told(*command: str) -> list[tuple[int | None, str | None]]:
    return [(one.port, one.host) for one in listeners(command, ENV) if one.readable]


@pytest.mark.parametrize(
    ("command", "port", "host"),
    [
        ("gunicorn app.wsgi --bind 0.0.0.0:8001", 8001, "0.0.0.0"),
        ("gunicorn --bind=:8001 --workers 3 -k uvicorn.workers.UvicornWorker a:b", 8001, ""),
        ("gunicorn -b0.0.0.0:8001 a:b", 8001, "0.0.0.0"),
        ("gunicorn a:b", 4000, None),
        ("uvicorn a:b", 8000, None),
        ("uvicorn a:b --host 0.0.0.0 --port 80 --reload", 80, "0.0.0.0"),
        ("python -m uvicorn a:b --port=9000", 9000, None),
        ("daphne -b 0.0.0.0 -p 8000 a.asgi:application", 8000, "0.0.0.0"),
        ("daphne -b 127.0.0.1 a.asgi:application", 8000, "127.0.0.1"),
        ("python manage.py runserver", 8000, None),
        ("python3 -u ./manage.py runserver 0.0.0.0:8080 --noreload", 8080, "0.0.0.0"),
        ("python manage.py runserver 9000", 9000, None),
        ("flask --app x run -p 5001 --host=0.0.0.0", 5001, "0.0.0.0"),
        ("python -m http.server 8080", 8080, None),
        ("celery -A x flower --port=5556", 5556, None),
        ("bundle exec rails s -p 3001 -b 0.0.0.0", 3001, "0.0.0.0"),
        ("bundle exec rails server -b 0.0.0.0", 4000, "0.0.0.0"),
        ("bundle exec puma -b tcp://0.0.0.0:9292", 9292, "0.0.0.0"),
        ("php artisan serve --host=0.0.0.0 --port=8000", 8000, "0.0.0.0"),
        ("php -S 0.0.0.0:8000 -t public", 8000, "0.0.0.0"),
        ("npx next start -p 3002", 3002, None),
        ("node_modules/.bin/next start -H 0.0.0.0", 4000, "0.0.0.0"),
        ("vite --host --port 5173", 5173, ""),
        ("serve -s build -l 5000", 5000, None),
        ("java -Dserver.port=8081 -jar app.jar", 8081, None),
        ("java -jar app.jar --server.port=8082", 8082, None),
        ("dotnet app.dll --urls http://+:5000", 5000, "+"),
        ("npm run dev -- --port 3003", 3003, None),
        ("gunicorn -b 0.0.0.0:$PORT a:b", 4000, "0.0.0.0"),
        ("gunicorn -b 0.0.0.0:${PORT:-8000} a:b", 4000, "0.0.0.0"),
        ("uvicorn a:b --port ${ELSE:-8005}", 8005, None),
        ("exec gosu app ./wait-for-it.sh db:5432 -- uvicorn a:b --port 81", 81, None),
        ("/entrypoint.sh gunicorn -b :82 a:b", 82, ""),
    ],
)
def test_where_a_server_listens(command: str, port: int, host: str | None) -> None:
    assert told(*command.split()) == [(port, host)]
    assert told("sh", "-c", f"python manage.py migrate && {command}") == [(port, host)]
    assert told(command) == [(port, host)]


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn -c gunicorn.conf.py a:b",
        "gunicorn --bind unix:/run/app.sock a:b",
        "uvicorn a:b --uds /run/app.sock",
        "nginx -g daemon",
    ],
)
def test_a_known_server_whose_port_is_not_in_the_words(command: str) -> None:
    assert told(*command.split()) == [(None, None)]


@pytest.mark.parametrize(
    "command", ["node server.js", "./start.sh", "npm start", "mkdir -p 8000", "celery -A x worker"]
)
def test_other_programs_tell_nothing(command: str) -> None:
    assert listeners(tuple(command.split()), ENV) == ()


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn -b 0.0.0.0:$UNKNOWN a:b",
        "uvicorn a:b --port ${NOT_THERE}",
        "gunicorn -b :8000 -b :8001 a:b",
        "node server.js --port $UNKNOWN",
        "uvicorn a:b --port 99999",
    ],
)
def test_a_port_that_cannot_be_read_is_not_guessed(command: str) -> None:
    assert [one.readable for one in listeners(tuple(command.split()), ENV)] == [False]


def test_a_commented_out_server_does_not_count() -> None:
    text = "# gunicorn -b :1 a:b &&\n daphne -b 0.0.0.0 -p 8000 a:b"
    assert told("sh", "-c", text) == [(8000, "0.0.0.0")]


@pytest.mark.parametrize(
    "command",
    [
        "celery -A app worker -l info",
        "celery -A app beat",
        "python manage.py idle_email_fetcher",
        "python manage.py rqworker default",
        "rq worker high",
        "bundle exec sidekiq -C config/sidekiq.yml",
        "php artisan queue:work --tries=3",
        "npm run worker",
        "yarn worker:prod",
        "/start-worker",
        "/cron.sh",
        "./docker/celery/run_celery_worker.sh",
        "crond -f",
        "sleep infinity",
        "tail -f /dev/null",
        "/bin/true",
        "bash",
    ],
)
def test_workers(command: str) -> None:
    assert runs_jobs(tuple(command.split()))
    assert runs_jobs(("sh", "-c", f"python manage.py migrate && {command}"))


@pytest.mark.parametrize(
    "command",
    [
        "npx prisma migrate deploy",
        "npm run build",
        "npm ci",
        "yarn install",
        "bundle exec rails db:migrate",
        "alembic upgrade head",
        "chown -R 1000 /data",
        "./scripts/seed.sh",
        "node dist/setup.js",
    ],
)
def test_commands_that_end(command: str) -> None:
    assert runs_jobs(tuple(command.split()))
    assert not runs_jobs(("sh", "-c", f"{command} && node app.js"))


@pytest.mark.parametrize(
    "command",
    [
        "",
        "node server.js",
        "npm start",
        "./start.sh",
        "java -jar a.jar --workers 4",
        "/init",
        "npm run build:watch",
        "node test-server.js",
        "air",
    ],
)
def test_not_workers(command: str) -> None:
    assert not runs_jobs(tuple(command.split()))


@pytest.mark.parametrize(("depth", "commands"), [(3, [("gunicorn", "a:b")]), (7, [])])
def test_shells_in_shells_are_opened_to_a_limit(
    depth: int, commands: list[tuple[str, ...]]
) -> None:
    words: tuple[str, ...] = ("gunicorn", "a:b")
    for _ in range(depth):
        words = ("sh", "-c", shlex.join(words))
    assert simple_commands(words) == commands
