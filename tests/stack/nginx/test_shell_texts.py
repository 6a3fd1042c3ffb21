from __future__ import annotations

from patcher.stack.nginx.shell_texts import shell_texts
from patcher.stack.start.trace import trace
from tests.stack.nginx_texts import stack


def names(files: dict[str, str]) -> list[tuple[str, str]]:
    """Name and text of each, the text that a place alone is given for included."""
    facts = stack(files).facts["web"]
    found = shell_texts(facts, trace(facts.start))
    return [
        (one.name, one.text or (one.source.at(one.span) if one.source else "")) for one in found
    ]


def test_a_build() -> None:
    dockerfile = "FROM a AS b\nRUN one\nFROM nginx\nRUN two\n"
    found = names({"compose.yaml": "services:\n  web: {build: .}\n", "Dockerfile": dockerfile})
    assert found == [("Dockerfile", "FROM nginx\nRUN two\n"), ("Dockerfile", "two")]


def test_a_build_of_an_inner_stage() -> None:
    dockerfile = "FROM nginx AS b\nRUN one\nFROM nginx\nRUN two\n"
    compose = "services:\n  web: {build: {context: ., target: b}}\n"
    found = names({"compose.yaml": compose, "Dockerfile": dockerfile})
    assert found == [("Dockerfile", ""), ("Dockerfile", "one")]


def test_a_command() -> None:
    compose = (
        "services:\n  web:\n    image: nginx\n    command:\n      - sh\n      - |\n        run\n"
    )
    found = names({"compose.yaml": compose})
    assert found[0] == ("`command` of `web`", "|\n        run")
    assert found[1:] == [("the command of `web`", "sh"), ("the command of `web`", "run\n")]


def test_scripts_that_are_started() -> None:
    compose = (
        "services:\n  web:\n    image: nginx\n    entrypoint: /start.sh\n"
        "    volumes:\n      - ./start.sh:/start.sh\n      - ./d:/docker-entrypoint.d\n"
        "      - ./other.sh:/other.sh\n"
    )
    files = {
        "start.sh": "#!/bin/sh\nnginx\n",
        "other.sh": "other\n",
        "d/10-a.sh": "ten\n",
        "d/20.envsh": "twenty\n",
        "d/notes.txt": "notes\n",
    }
    assert names({"compose.yaml": compose, **files}) == [
        ("the command of `web`", "/start.sh"),
        ("start.sh", files["start.sh"]),
        ("d/10-a.sh", "ten\n"),
        ("d/20.envsh", "twenty\n"),
    ]
