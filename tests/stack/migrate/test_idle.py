from patcher.stack.migrate.frameworks import FRAMEWORKS
from patcher.stack.migrate.idle import idle_script
from patcher.text import Source
from tests.stacks import stack_of

DJANGO = next(one for one in FRAMEWORKS if one.id == "django")


def found(folders: list[str | None], **files: str) -> str | None:
    sources = {name: Source(name, text) for name, text in files.items()}
    sources["compose.yaml"] = Source("compose.yaml", "services: {a: {image: b}}\n")
    script = idle_script(stack_of(sources), folders, DJANGO)
    return script.path if script else None


def test_a_script_that_migrates() -> None:
    text = "#!/bin/sh\nset -e\nexec poetry run python manage.py migrate\n"
    assert found([None], **{"start.sh": text}) == "start.sh"
    assert found(["web"], **{"web/start.bash": text, "z.sh": text}) == "web/start.bash"
    assert found(["web"], **{"other/start.sh": text}) is None


def test_what_only_looks_like_it() -> None:
    assert found([], **{"start.sh": "# python manage.py migrate\n"}) is None
    assert found([], **{"start.sh": "echo python manage.py migrate\n"}) is None
    assert found([], **{"start.py": "python manage.py migrate\n"}) is None
