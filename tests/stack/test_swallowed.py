import pytest

from patcher.stack.swallowed import swallowed


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("# python manage.py migrate && daphne -p 8000 a.asgi:b", "daphne -p 8000 a.asgi:b"),
        ("# python manage.py migrate && exec gunicorn a.wsgi\n", "exec gunicorn a.wsgi\n"),
        ("cd /app && # npx prisma migrate deploy && node a.js", "cd /app && node a.js"),
        ("echo hi; #python manage.py collectstatic; gunicorn a", "echo hi; gunicorn a"),
        ("pip list && # alembic upgrade head && uvicorn a:b", "pip list && uvicorn a:b"),
    ],
)
def test_the_server_comes_back_without_the_commented_command(text: str, remaining: str) -> None:
    found = swallowed(text)
    assert found is not None
    assert found.remaining == remaining
    assert found.certain
    assert text[: found.dropped.start] + text[found.dropped.end :] == remaining
    assert text[found.comment.start] == "#"


def test_bringing_back_more_than_the_server_is_not_certain() -> None:
    found = swallowed("# python manage.py migrate && python manage.py seed && daphne a:b")
    assert found is not None
    assert found.remaining == "python manage.py seed && daphne a:b"
    assert not found.certain


@pytest.mark.parametrize(
    "text",
    [
        "# python manage.py migrate &&\n       daphne -p 8000 a.asgi:b",
        "gunicorn a.wsgi # alembic upgrade head && uvicorn a:b",
        "# alembic upgrade head && uvicorn a:b\nexec ./start.sh",
        "python manage.py migrate # && gunicorn a.wsgi",
        "python manage.py migrate; # collect && gunicorn a.wsgi",
        "# gunicorn a.wsgi",
        "# gunicorn a.wsgi && echo done",
        "# a migrate && b",
        "gunicorn a.wsgi",
        "",
    ],
)
def test_a_comment_that_swallows_no_server_is_left_alone(text: str) -> None:
    assert swallowed(text) is None
