import pytest

from patcher.stack.start.commands import is_server, is_worker


@pytest.mark.parametrize(
    "command",
    [
        "daphne -b 0.0.0.0 shop.asgi:application",
        "exec gunicorn shop.wsgi",
        "poetry run uvicorn app.main:app",
        "python -m uvicorn app.main:app",
        "python3 -u manage.py runserver 0.0.0.0:8000",
        "flask --app shop run",
        "bundle exec puma -C config/puma.rb",
        "bundle exec rails s -p 3000",
        "php artisan serve",
        "php-fpm8.2 -F",
        "npm start",
        "yarn start:prod",
        "npm run dev",
        "node dist/main.js",
        "python main.py",
        "npx next start",
        "dotnet Shop.dll",
        "bin/shop start",
        "wait-for-it.sh db:5432 -- gunicorn shop.wsgi",
    ],
)
def test_servers(command: str) -> None:
    assert is_server(tuple(command.split()))
    assert not is_worker(tuple(command.split()))


@pytest.mark.parametrize(
    "command",
    [
        "celery -A shop worker -l INFO",
        "python -m celery -A shop beat",
        "bundle exec sidekiq",
        "php artisan queue:work",
        "python manage.py qcluster",
        "npm run worker",
        "rq worker default",
    ],
)
def test_workers(command: str) -> None:
    assert is_worker(tuple(command.split()))
    assert not is_server(tuple(command.split()))


@pytest.mark.parametrize(
    "command",
    [
        "python manage.py migrate",
        "python manage.py collectstatic --noinput",
        "python migrate.py",
        "python wait_for_db.py",
        "php artisan migrate --force",
        "alembic upgrade head",
        "npm run migrate",
        "npm ci",
        "service cron start",
        "dotnet ef database update",
        "node scripts/seed.js",
        "echo gunicorn",
        "",
    ],
)
def test_tools(command: str) -> None:
    assert not is_server(tuple(command.split()))
    assert not is_worker(tuple(command.split()))
