import pytest

from patcher.errors import UserError
from patcher.stack.start.start import MAX_FILE, image_name, read_file, resolve
from patcher.stack.start.trace import trace
from patcher.text import Source
from tests.stack.fakes import FakeFiles, start


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("python:3.12-slim", "python"),
        ("docker.io/library/python:3", "python"),
        ("registry.example:5000/team/app", "team/app"),
        ("localhost/app@sha256:0000", "app"),
        ("amacneil/dbmate", "amacneil/dbmate"),
        ("", ""),
    ],
)
def test_image_name(image: str, name: str) -> None:
    assert image_name(image) == name


def test_resolve() -> None:
    assert resolve("/app", "./a/../b.sh") == "/app/b.sh"
    assert resolve("/app", "/b.sh") == "/b.sh"
    assert resolve("", "b.sh") == "/b.sh"
    assert resolve("/app", "$HOME/b.sh") is None
    assert resolve("/app", "~/b.sh") is None


def test_files_that_are_too_large_or_no_text_are_unknown() -> None:
    class Binary(FakeFiles):
        def read(self, path: str) -> Source | None:
            raise UserError("not UTF-8", path=path)

    of = start(("./a.sh",), {"a.sh": "x\n" * (MAX_FILE // 2 + 1), "b.sh": "x"})
    assert read_file(of, "/app/a.sh") is None
    assert read_file(of, "/app/b.sh") is not None
    assert trace(of).unread == ("./a.sh",)
    assert Binary().list_dir("/app") == ()
    binary = type(of)(of.entrypoint, of.command, of.workdir, Binary(), of.image)
    assert trace(binary).unread == ("./a.sh",)


def test_images_that_start_a_script_by_themselves() -> None:
    files = {"prestart.sh": "alembic upgrade head"}
    of = start((), files, image="tiangolo/uvicorn-gunicorn-fastapi:python3.11")
    assert [step.words for step in trace(of).steps] == [("alembic", "upgrade", "head")]
    assert trace(start((), files)).steps == ()
