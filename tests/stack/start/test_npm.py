import json

import pytest

from patcher.stack.start.npm import read_package, script_calls
from patcher.text import Source

TEXT = json.dumps(
    {
        "scripts": {"start": "node .", "prebuild": "a", "build": 'b "c"', "postbuild": "d", "n": 1},
        "dependencies": {"x": "1"},
        "devDependencies": {"y": "1"},
    }
)


def read(path: str) -> Source | None:
    return Source("package.json", TEXT) if path == "/app/package.json" else None


@pytest.mark.parametrize(
    ("command", "workdir", "expected"),
    [
        ("npm start", "/app", ["node ."]),
        ("npm run build", "/app", ["a", 'b "c"', "d"]),
        ("npm run-script --silent build -- x", "/app", ["a", 'b "c"', "d"]),
        ("yarn --cwd app start", "/", ["node ."]),
        ("pnpm --dir=/app start", "/", ["node ."]),
        ("npm ci", "/", []),
        ("yarn next start", "/app", []),
        ("npm run gone", "/app", None),
        ("npm start", "/", None),
        ("npm", "/", []),
    ],
)
def test_script_calls(command: str, workdir: str, expected: list[str] | None) -> None:
    calls = script_calls(tuple(command.split()), workdir, read)
    assert (calls if calls is None else [call.text for call in calls]) == expected
    for call in calls or []:
        assert json.loads(call.source.at(call.span)) == call.text


def test_read_package() -> None:
    package = read_package("/app", read)
    assert package is not None
    assert sorted(package.dependencies) == ["x"]
    assert sorted(package.dev_dependencies) == ["y"]
    assert "n" not in package.scripts


@pytest.mark.parametrize("text", ["{", "[]", '{"scripts": []}', "[" * 100_000])
def test_odd_files_have_no_scripts(text: str) -> None:
    package = read_package("/app", lambda path: Source(path, text))
    assert package is None or not package.scripts
