"""What kind of program a command is: a server, a worker, or a tool that ends by itself."""

from __future__ import annotations

import posixpath
from typing import Final

from patcher.patterns import regex
from patcher.stack.start.wrappers import basename, normalise, program_file, unwrap

_SERVERS: Final = regex(
    r"daphne|gunicorn|gunicorn_django|uvicorn|hypercorn|uwsgi|waitress-serve|granian|streamlit"
    r"|puma|unicorn|unicorn_rails|thin|rackup|passenger|falcon|php-fpm[\d.]*|apache2-foreground"
    r"|apachectl|apache2|httpd|nginx|caddy|frankenphp|rr|vite|serve|http-server|pm2-runtime"
    r"|supervisord|java|nginx-debug"
)
_SERVER_CALLS: Final = regex(
    r"manage\.py (runserver\S*|run_gunicorn|runsslserver|run)( |$)"
    r"|(flask|fastapi|quart|litestar) (.* )?(run|dev)( |$)"
    r"|rails (s|server)( |$)"
    r"|artisan (serve|octane:\S+|reverb:start)"
    r"|(npm|yarn|pnpm|bun) (run |run-script )?(start|serve|dev|prod|preview)(:\S+)?( |$)"
    r"|(next|nuxt|nest|remix-serve|medusa|strapi) (start|develop|dev)( |$)"
    r"|pm2 start|deno run|mix phx\.server|ace serve|http\.server|dotnet (run|watch|\S+\.dll)"
)
_RELEASE: Final = regex(r"(\S*/)?bin/\w+ (start|foreground)$")
_WORKERS: Final = regex(
    r"dramatiq|huey_consumer(\.py)?|sidekiq|sidekiqswarm|good_job|rqworker|rqscheduler|arq"
    r"|crond?|supercronic"
)
_WORKER_CALLS: Final = regex(
    r"celery (.* )?(worker|beat|flower|multi)( |$)"
    r"|(rq|taskiq|faust|procrastinate) (.* )?(worker|scheduler)( |$)"
    r"|manage\.py (qcluster|rqworker|rqscheduler|run_huey|celery\S*|rundramatiq)( |$)"
    r"|(rake|rails) (resque:\S+|jobs:work|solid_queue:start)"
    r"|artisan (queue:(work|listen)|horizon|schedule:work)( |$)"
    r"|console messenger:consume"
    r"|(npm|yarn|pnpm|bun) (run |run-script )?\S*(worker|queue|scheduler|cron)\S*"
)
_SCRIPT: Final = regex(r".+\.(py|[cm]?[jt]s|rb|php)")
_TOOL: Final = regex(
    r"manage|migrat|seed|setup|create|init|load|collect|wait|check|test|import|build|compile"
)


def is_server(words: tuple[str, ...]) -> bool:
    """Tell whether the command, wrappers allowed, serves requests and so goes on running.

    A program of the application's own (`python main.py`) counts unless its name says that it is a
    tool, such as `migrate.py` or `wait_for_db.py`.
    """
    own = unwrap(words).words
    plain = normalise(own)
    if not plain or is_worker(words):
        return False
    text = " ".join(plain)
    if _SERVERS.fullmatch(plain[0]) or _SERVER_CALLS.match(text) or _RELEASE.match(" ".join(own)):
        return True
    name = posixpath.basename(program_file(own) or "")
    return plain[0] == basename(own) and bool(_SCRIPT.fullmatch(name)) and not _TOOL.search(name)


def is_worker(words: tuple[str, ...]) -> bool:
    """Tell whether the command, wrappers allowed, works on jobs and so goes on running."""
    plain = normalise(unwrap(words).words)
    return bool(plain) and bool(
        _WORKERS.fullmatch(plain[0]) or _WORKER_CALLS.match(" ".join(plain))
    )
