from __future__ import annotations

import pytest

from patcher.stack.nginx.written import Written, written
from tests.stack.nginx_texts import stack

COMPOSE = "services:\n  web:\n    build: .\n    volumes: ['./t:/etc/nginx/templates', './u:/u']\n"
SITE = "/etc/nginx/conf.d/site.conf"


def of(compose: str, files: dict[str, str] | None = None) -> Written:
    texts = {"Dockerfile": "FROM nginx\n", **(files or {})}
    return written(stack({"compose.yaml": compose, **texts}).facts["web"])


def run(instruction: str) -> Written:
    return of(COMPOSE, {"Dockerfile": f"FROM nginx\nRUN {instruction}\n"})


def templates(environment: str, *paths: str) -> dict[str, str]:
    return of(f"{COMPOSE}    environment: {environment}\n", dict.fromkeys(paths, "")).copies


def test_the_entrypoint_renders_templates_of_folders_too() -> None:
    assert templates("{}", "t/a.conf.template", "t/sub/b.conf.template", "t/c.conf") == {
        "/etc/nginx/conf.d/a.conf": "/etc/nginx/templates/a.conf.template",
        "/etc/nginx/conf.d/sub/b.conf": "/etc/nginx/templates/sub/b.conf.template",
    }


def test_the_entrypoint_is_told_where_and_what_to_render() -> None:
    environment = (
        "{NGINX_ENVSUBST_TEMPLATE_DIR: /u, NGINX_ENVSUBST_TEMPLATE_SUFFIX: .in,"
        " NGINX_ENVSUBST_OUTPUT_DIR: /etc/nginx}"
    )
    assert templates(environment, "u/nginx.conf.in", "u/x.template", "t/y.template") == {
        "/etc/nginx/nginx.conf": "/u/nginx.conf.in"
    }


@pytest.mark.parametrize(
    ("instruction", "copies"),
    [
        ("envsubst < /t/a > " + SITE, {SITE: "/t/a"}),
        ("envsubst '$A $B' < \"/t/a\" > '" + SITE + "'", {SITE: "/t/a"}),
        ("cat /t/a | envsubst '$A' > " + SITE, {SITE: "/t/a"}),
        ("cp /t/site.conf /etc/nginx/conf.d/", {SITE: "/t/site.conf"}),
        ("cp -f /t/site.conf /etc/nginx/conf.d", {SITE: "/t/site.conf"}),
        ("ln -sf ../available/a " + SITE + " && true", {SITE: "/etc/nginx/available/a"}),
        ("mkdir /x && \\\n    ln -s /x/a \\\n    " + SITE, {SITE: "/x/a"}),
        ("cp a " + SITE, {}),
        ("ln a " + SITE, {}),
        ("cp $FROM " + SITE, {}),
        ("echo scp /a /b", {}),
    ],
)
def test_copies(instruction: str, copies: dict[str, str]) -> None:
    found = run(instruction)
    assert found.copies == copies
    assert not found.unknown


def test_what_is_moved_is_gone_where_it_was() -> None:
    found = run("mv /etc/nginx/conf.d/a.conf " + SITE)
    assert found.copies == {SITE: "/etc/nginx/conf.d/a.conf"}
    assert found.gone == {"/etc/nginx/conf.d/a.conf"}


@pytest.mark.parametrize(
    "instruction",
    [
        "echo 'gzip on;' > " + SITE,
        "echo 'gzip on;' >> " + SITE,
        "echo 'gzip on;' | tee -a " + SITE,
        "sed -i 's/a/b/' " + SITE,
        "sed -E -i.bak -e 's/a/b/' " + SITE,
        'generate >"' + SITE + '"',
    ],
)
def test_what_is_not_known(instruction: str) -> None:
    assert run(instruction).unknown == {SITE: "Dockerfile"}


@pytest.mark.parametrize("instruction", ["nginx 2>/dev/null", "a >&2", "cat < /a", "# cp /a /b"])
def test_what_writes_no_file(instruction: str) -> None:
    found = run(instruction)
    assert not found.copies
    assert set(found.unknown) <= {"/dev/null"}


def test_a_resolver_that_is_written_is_named() -> None:
    written_to_a_variable = run("echo 'resolver 8.8.8.8;' > $FILE")
    assert written_to_a_variable.elsewhere == ["what Dockerfile writes, with a `resolver`"]
    assert not run(f"cat <<EOF > {SITE}\nresolver 8.8.8.8;\nEOF").elsewhere
    assert not run("true\n# resolver 8.8.8.8;").elsewhere


def test_programs_and_scripts_that_are_not_there() -> None:
    compose = f"{COMPOSE}    entrypoint: /docker-entrypoint.sh\n    command: python /u/a.py\n"
    assert of(compose, {"u/a.py": "write('resolver')"}).elsewhere == [
        "what u/a.py writes, with a `resolver`"
    ]
    compose = f"{COMPOSE}    command: /start.sh\n"
    assert of(compose).elsewhere == ["what `/start.sh` writes"]


def test_of_two_things_neither_counts() -> None:
    found = run("if [ $A ]; then cp /t/a " + SITE + "; else cp /t/b " + SITE + "; fi")
    assert found.unknown == {SITE: "Dockerfile"}


def test_a_here_document() -> None:
    found = run(f"cat <<EOF > {SITE}\ngzip on;\nEOF")
    assert found.texts[SITE].text.strip() == "gzip on;"
    assert not found.unknown


def test_of_two_here_documents_neither_counts() -> None:
    found = run(f"cat <<EOF > {SITE}\ngzip on;\nEOF\nRUN cat <<EOF > {SITE}\ngzip off;\nEOF")
    assert found.unknown == {SITE: "a here-document in Dockerfile"}


def test_texts_of_configs() -> None:
    compose = (
        "services:\n  web:\n    image: nginx\n    configs:\n"
        "      - {source: one, target: /etc/nginx/conf.d/site.conf}\n"
        "      - {source: two, target: /etc/nginx/conf.d/two.conf}\n"
        "configs:\n  one:\n    content: |\n      set $$a $$b;\n      gzip on;\n"
        "  two:\n    content: 'gzip on;'\n"
    )
    found = of(compose)
    text = found.texts[SITE]
    assert [line.strip() for line in text.text.strip().split("\n")] == ["set $a $b;", "gzip on;"]
    assert text.line_column(text.text.index("gzip")) == (11, 7)
    assert found.unknown == {"/etc/nginx/conf.d/two.conf": "the config `two`"}
