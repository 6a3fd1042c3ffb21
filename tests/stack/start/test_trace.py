import pytest

from patcher.stack.start.trace import runs_arguments, trace
from tests.stack.fakes import COMMAND, start

Words = str | tuple[str, ...]


def live(command: Words, files: dict[str, str] | None = None, entrypoint: Words = ()) -> list[str]:
    steps = trace(start(command, files, entrypoint=entrypoint)).steps
    return [" ".join(step.words) for step in steps if step.live]


def test_shell_form_is_a_script_and_words_are_not() -> None:
    assert live("a && b") == ["a", "b"]
    assert live(("a", "&&", "b")) == ["a && b"]
    assert live(("sh", "-c", "a && b"))[1:] == ["a", "b"]


@pytest.mark.parametrize(
    "command",
    [
        ("./run.sh",),
        ("/app/run.sh",),
        ("sh", "run.sh"),
        ("bash", "-e", "./run.sh"),
        "exec ./run.sh",
        ". ./run.sh",
        "cd /app && ./run.sh",
        "su app -c ./run.sh",
        ("tini", "--", "./run.sh"),
        ("./unknown.sh", "db:1", "--", "./run.sh"),
    ],
)
def test_scripts_are_followed(command: Words) -> None:
    assert "work x" in live(command, {"run.sh": "#!/bin/sh\nwork x\n"})


def test_a_script_in_the_path_is_found() -> None:
    assert "work" in live(("run",), {"/usr/local/bin/run": "#!/usr/bin/env bash\nwork"})


def test_a_script_that_nothing_starts_is_not_read() -> None:
    assert live(("serve",), {"entrypoint.sh": "work"}) == ["serve"]


def test_the_command_runs_once_through_an_entrypoint_that_passes_it_on() -> None:
    files = {"entry.sh": '#!/bin/sh\nset -e\nprepare\nexec gosu app "$@"\n'}
    found = trace(start(("serve", "a"), files, entrypoint=("./entry.sh",)))
    served = [step for step in found.steps if step.words == ("serve", "a")]
    assert [step.span for step in served] == [COMMAND]
    assert ("prepare",) in [step.words for step in found.steps]


def test_spans_in_a_script_file_are_exact() -> None:
    text = "#!/bin/sh\n# old run\nnew run && x\n"
    found = trace(start(("./run.sh",), {"run.sh": text}))
    shown = {
        step.source.at(step.span): step.live for step in found.steps if step.source.text == text
    }
    assert shown == {"old run": False, "new run": True, "x": True, "/bin/sh": False}


def test_package_scripts_with_pre_and_post() -> None:
    package = '{"scripts": {"prestart": "one", "start": "npm run two", "two": "three \\"x\\""}}'
    files = {"package.json": package, "web/package.json": '{"scripts": {"start": "four"}}'}
    assert live(("npm", "start"), files) == ["npm start", "one", "npm run two", "three x"]
    assert live("yarn two", files) == ["yarn two", "three x"]
    assert live("npm --prefix web start", files)[-1] == "four"
    assert live("cd web && npm start", files)[-1] == "four"
    found = trace(start("npm run two", files)).steps[-1]
    assert found.source.at(found.span) == '"three \\"x\\""'


def test_supervisord_programs() -> None:
    conf = "[program:web]\ncommand = serve a\n[program:job]\ncommand=work\n"
    assert live("supervisord -n -c sup.conf", {"sup.conf": conf})[1:] == ["serve a", "work"]


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (("./entrypoint.sh",), "./entrypoint.sh"),
        ("sh $HOME/run.sh", "$HOME/run.sh"),
        ("make up", "make"),
        ("npm run x", "package.json"),
        ("python boot.py", "boot.py"),
        ("supervisord", "supervisord"),
    ],
)
def test_what_is_started_but_unknown_is_told(command: Words, missing: str) -> None:
    assert trace(start(command)).unread == (missing,)


@pytest.mark.parametrize(
    "command", ["gunicorn a", "/usr/bin/env a", "/venv/bin/gunicorn a", "./manage.py x", ". venv/x"]
)
def test_known_programs_are_not_missing(command: str) -> None:
    assert trace(start(command)).unread == ()


def test_scripts_that_start_each_other_are_cut() -> None:
    files = {"a.sh": './b.sh "$@"\n./a.sh', "b.sh": "./a.sh\nwork"}
    assert "work" in live(("./a.sh", "./a.sh"), files)
    assert trace(start(("./c.sh",), {"c.sh": "./c.sh\n" * 20})).unread == ()


def test_the_walk_is_bounded() -> None:
    files = {f"{level}.sh": f"./{level + 1}.sh x\n" * 200 for level in range(12)}
    found = trace(start(("./0.sh",), files))
    assert found.unread == ("the rest of a very long script",)
    assert trace(start(("a/b", "--") * 5_000)).unread


@pytest.mark.parametrize(
    ("entrypoint", "expected"),
    [
        ((), True),
        (("tini", "--"), True),
        (("./pass.sh",), True),
        (("./wait-for-it.sh", "db:5432", "--"), True),
        (("./ends.sh",), False),
        (("gunicorn", "a"), False),
        ("gunicorn a", False),
        (("./unknown.sh",), False),
    ],
)
def test_whether_another_command_would_run(entrypoint: Words, expected: bool) -> None:
    files = {"pass.sh": 'a\nexec "$@"', "ends.sh": "a\nexec b"}
    assert runs_arguments(start(("x",), files, entrypoint=entrypoint)) is expected
