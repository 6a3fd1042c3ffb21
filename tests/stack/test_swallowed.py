import pytest

from patcher.stack.swallowed import comment_start, swallowed


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("# python manage.py migrate && daphne -p 8000 a.asgi:b", "daphne -p 8000 a.asgi:b"),
        ("# python manage.py migrate && exec gunicorn a.wsgi\n", "exec gunicorn a.wsgi\n"),
        ("cd /app && # npx prisma migrate deploy && node a.js", "cd /app && node a.js"),
        ("echo hi; #python manage.py collectstatic; gunicorn a", "echo hi; gunicorn a"),
        ("sleep 5; # alembic upgrade head && uvicorn a:b", "sleep 5; uvicorn a:b"),
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
        "sleep infinity # alembic upgrade head && uvicorn a:b",
        "gunicorn a.wsgi",
        "",
    ],
)
def test_a_comment_that_swallows_no_server_is_left_alone(text: str) -> None:
    assert swallowed(text) is None


@pytest.mark.parametrize(
    ("written", "remaining", "certain"),
    [
        ("# note\n  uvicorn a:b", "uvicorn a:b", True),
        ("# note &&\n  # x &&\n\n  uvicorn a:b", "uvicorn a:b", True),
        ("# a && b &&\n  uvicorn a:b", "uvicorn a:b", True),
        ("# a &&\n  python seed.py &&\n  uvicorn a:b", "python seed.py && uvicorn a:b", False),
        ("# a && uvicorn\n  a:b", "uvicorn a:b", True),
        ("cd /x && # a &&\n  uvicorn a:b", "cd /x && uvicorn a:b", True),
    ],
)
def test_the_lines_that_were_folded_tell_what_was_meant(
    written: str, remaining: str, certain: bool
) -> None:
    found = swallowed(" ".join(written.split()), written)
    assert found is not None
    assert (found.remaining, found.certain) == (remaining, certain)


def test_a_note_alone_on_one_line_is_left_alone() -> None:
    assert swallowed("# note uvicorn a:b", "# note uvicorn a:b") is None


@pytest.mark.parametrize(
    ("written", "comment", "start"),
    [
        ('sh -c "# a &&\n  b c"', "# a && b c", 7),
        ("http://x/#/a; # a b", "# a b", 14),
        ("# echo $$A b", "# echo $A b", 0),
        ("# a b; # a b", "# a b", None),
        ("x", "# a b", None),
    ],
)
def test_where_a_comment_is_written(written: str, comment: str, start: int | None) -> None:
    assert comment_start(written, comment) == start
