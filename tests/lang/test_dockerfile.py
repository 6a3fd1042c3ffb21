from __future__ import annotations

from pathlib import Path

import pytest

from patcher.errors import UserError
from patcher.lang.dockerfile import Command, Copy, FinalStage, parse
from patcher.text import Source

SHARED = Path(__file__).parents[3] / "shared"


def stage(text: str, *, target: str | None = None, **args: str) -> FinalStage:
    return parse(Source("app/Dockerfile", text), target=target, args=args)


def words(command: Command | None) -> tuple[str, ...] | None:
    return None if command is None else command.words


def test_a_plain_file() -> None:
    found = stage(
        "FROM python:3.12-slim\n"
        "ENV PORT=8000 NAME='the app'\n"
        "WORKDIR /app\n"
        "COPY requirements.txt setup.py ./\n"
        "RUN pip install -r requirements.txt\n"
        "COPY . .\n"
        "USER app\n"
        "EXPOSE $PORT\n"
        'ENTRYPOINT ["./entrypoint.sh"]\n'
        'CMD ["gunicorn", "app:app"]\n'
    )
    assert found.image == "python:3.12-slim"
    assert found.workdir == "/app"
    assert found.user == "app"
    assert found.env == {"PORT": "8000", "NAME": "the app"}
    assert found.expose == (8000,)
    assert words(found.entrypoint) == ("./entrypoint.sh",)
    assert words(found.cmd) == ("gunicorn", "app:app")
    assert found.healthcheck is None
    assert found.copies == (
        Copy(("requirements.txt", "setup.py"), "/app/", None),
        Copy((".",), "/app/", None),
    )
    assert found.runs == ("pip install -r requirements.txt",)


def test_only_the_last_stage_counts() -> None:
    found = stage(
        "FROM node:20 AS build\nWORKDIR /src\nEXPOSE 3000\nCMD npm start\nHEALTHCHECK CMD true\n"
        "FROM nginx:1.27\nCOPY --from=build /src/dist /usr/share/nginx/html\n"
    )
    assert (found.image, found.workdir, found.expose) == ("nginx:1.27", "/", ())
    assert found.cmd is found.healthcheck is None
    assert found.copies == (Copy(("/src/dist",), "/usr/share/nginx/html", "build"),)


def test_a_local_parent_stage_passes_everything_on() -> None:
    found = stage(
        "FROM python:3.12 AS Base\n"
        "ENV MODE=prod\nARG PORT=8000\nWORKDIR /srv\nUSER web\nEXPOSE 9000\n"
        "COPY a b\nRUN one\nENTRYPOINT ['no json']\nCMD serve\nHEALTHCHECK CMD probe\n"
        "FROM base AS middle\nEXPOSE $PORT\nRUN two\n"
        "FROM middle\nWORKDIR app\nCOPY c d\n"
    )
    assert found.image == "python:3.12"
    assert found.env == {"MODE": "prod"}
    assert found.workdir == "/srv/app"
    assert found.user == "web"
    assert found.expose == (9000, 8000)
    assert found.copies == (Copy(("a",), "/srv/b", None), Copy(("c",), "/srv/app/d", None))
    assert found.runs == ("one", "two")
    assert words(found.entrypoint) == ("['no json']",)
    assert words(found.cmd) == ("serve",)
    assert words(found.healthcheck) == ("probe",)


def test_a_stage_may_have_the_name_of_its_own_image() -> None:
    assert stage("FROM nginx AS nginx\nEXPOSE 80\n").image == "nginx"


def test_a_child_stage_may_take_the_health_check_away() -> None:
    text = "FROM a AS b\nHEALTHCHECK CMD probe\nFROM b\nHEALTHCHECK NONE\n"
    assert stage(text).healthcheck is None


class TestTarget:
    TEXT = "FROM a AS dev\nEXPOSE 1\nFROM b AS Prod\nEXPOSE 2\nFROM c\nEXPOSE 3\n"

    @pytest.mark.parametrize(
        ("target", "port"), [(None, 3), ("dev", 1), ("prod", 2), ("PROD", 2), ("0", 1), ("2", 3)]
    )
    def test_chooses_by_name_or_index(self, target: str | None, port: int) -> None:
        assert stage(self.TEXT, target=target).expose == (port,)

    @pytest.mark.parametrize("target", ["test", "3", "-1", "\u0661"])
    def test_an_unknown_one_is_the_users_error(self, target: str) -> None:
        with pytest.raises(UserError, match="use one of its stages: dev, Prod"):
            stage(self.TEXT, target=target)


class TestFrom:
    @pytest.mark.parametrize(
        ("text", "image"),
        [
            ("ARG V=3.12\nFROM python:${V}-slim", "python:3.12-slim"),
            ("ARG A=1\nARG B=${A}.2\nFROM x:$B", "x:1.2"),
            ("FROM x:${V:-9}", "x:9"),
            ("ARG V\nFROM x:$V", "x:$V"),
            ("ARG BASE=build\nFROM node AS build\nFROM $BASE", "node"),
            ("FROM --platform=$BUILDPLATFORM golang:1.24 AS x", "golang:1.24"),
            ("from scratch", "scratch"),
            ("FROM reg.example:5000/a/b@sha256:00", "reg.example:5000/a/b@sha256:00"),
        ],
    )
    def test_finds_the_external_image(self, text: str, image: str) -> None:
        assert stage(text).image == image

    def test_a_given_argument_wins_over_the_default(self) -> None:
        assert stage("ARG V=3.11\nFROM python:$V\n", V="3.13").image == "python:3.13"

    @pytest.mark.parametrize("text", ["", "# nothing\n", "RUN x\n", "\n\n"])
    def test_without_one_it_is_the_users_error(self, text: str) -> None:
        with pytest.raises(UserError, match="no FROM") as caught:
            stage(text)
        assert (caught.value.path, caught.value.line) == ("app/Dockerfile", 1)

    def test_without_an_image_it_is_the_users_error(self) -> None:
        with pytest.raises(UserError) as caught:
            stage("FROM a\n\nFROM --platform=x\n")
        assert caught.value.line == 3


class TestVariables:
    def test_a_global_argument_must_be_declared_again(self) -> None:
        assert stage("ARG P=80\nFROM a\nEXPOSE $P\n").expose == ()
        assert stage("ARG P=80\nFROM a\nARG P\nEXPOSE $P\n").expose == (80,)

    def test_a_given_argument_must_be_declared(self) -> None:
        assert stage("FROM a\nEXPOSE $P\n", P="81").expose == ()
        assert stage("FROM a\nARG P=80\nEXPOSE $P\n", P="81").expose == (81,)

    def test_env_wins_over_arg(self) -> None:
        assert stage("FROM a\nENV P=80\nARG P=90\nEXPOSE $P\n", P="91").expose == (80,)

    def test_one_instruction_sees_the_state_before_it(self) -> None:
        found = stage("FROM a\nENV A=old\nENV A=new B=$A C='$A' D=\\$A\n")
        assert found.env == {"A": "new", "B": "old", "C": "$A", "D": "$A"}

    def test_the_old_form_of_env(self) -> None:
        assert stage('FROM a\nENV NAME  a "b" c\n').env == {"NAME": "a b c"}

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("${A:-x}", "1"),
            ("${E:-x}", "x"),
            ("${E-x}", ""),
            ("${U:-x}", "x"),
            ("${U-$A}", "1"),
            ("${U:-${A}}", "1"),
            ("${U:-${V:-x}}", "x"),
            ("${A:+y}", "y"),
            ("${E:+y}", ""),
            ("$U/x", "$U/x"),
            ("${A%%x}", "${A%%x}"),
            ('"$A b"', "1 b"),
            ('"a\\"b\\n"', 'a"b\\n'),
            ("a\\ b", "a b"),
        ],
    )
    def test_replacement(self, written: str, value: str) -> None:
        text = f"FROM a\nENV A=1 E=\nENV R={written}\n"
        assert stage(text).env["R"] == value

    def test_values_that_double_do_not_grow_without_bound(self) -> None:
        found = stage("FROM a\nENV A=0123456789\n" + "ENV A=$A$A\n" * 200)
        assert len(found.env["A"]) < 10_000


class TestExpose:
    @pytest.mark.parametrize(
        ("written", "ports"),
        [
            ("80/tcp", (80,)),
            ("8000 9000/TCP", (8000, 9000)),
            ("3000-3002", (3000, 3001, 3002)),
            ("53/udp 53/tcp 54/udp", (53,)),
            ("80 443 80", (80, 443)),
            ("$PORTS", (1, 2)),
            ("$UNKNOWN 80", (80,)),
            ("0 65536 99999 5-4 x", ()),
        ],
    )
    def test_ports(self, written: str, ports: tuple[int, ...]) -> None:
        assert stage(f'FROM a\nENV PORTS="1 2"\nEXPOSE {written}\n').expose == ports


class TestCommands:
    @pytest.mark.parametrize(
        ("written", "expected", "is_exec"),
        [
            ('["a", "b c"]', ("a", "b c"), True),
            ("[]", (), True),
            ("['a', 'b']", ("['a', 'b']",), False),
            ('["a", 1]', ('["a", 1]',), False),
            ('["a"', ('["a"',), False),
            ("a && b", ("a && b",), False),
            ('"/run.sh"', ('"/run.sh"',), False),
            ("run $PORT", ("run $PORT",), False),
            ('["\\ud800"]', ("\ufffd",), True),
        ],
    )
    def test_exec_and_shell_form(
        self, written: str, expected: tuple[str, ...], is_exec: bool
    ) -> None:
        text = f"FROM a\nENV PORT=1\nCMD {written}\n"
        found = stage(text).cmd
        assert found is not None
        assert (found.words, found.exec) == (expected, is_exec)
        assert text[found.span.start : found.span.end] == f"CMD {written}"

    def test_deep_nesting_is_the_shell_form(self) -> None:
        found = stage("FROM a\nCMD " + "[" * 100_000 + "\n").cmd
        assert found is not None
        assert not found.exec

    def test_the_last_one_counts(self) -> None:
        assert words(stage("FROM a\nCMD one\nCMD two\n").cmd) == ("two",)

    def test_an_entrypoint_resets_an_inherited_cmd(self) -> None:
        assert stage("FROM a AS b\nCMD x\nFROM b\nENTRYPOINT y\n").cmd is None

    def test_an_entrypoint_keeps_the_stages_own_cmd(self) -> None:
        assert words(stage("FROM a\nCMD x\nENTRYPOINT y\n").cmd) == ("x",)
        own = "FROM a AS b\nCMD x\nFROM b\nCMD z\nENTRYPOINT y\n"
        assert words(stage(own).cmd) == ("z",)

    def test_health_check_options_are_no_part_of_its_command(self) -> None:
        text = 'FROM a\nHEALTHCHECK --interval=5s --retries=3 \\\n  cmd ["curl", "-f", "x"]\n'
        found = stage(text).healthcheck
        assert found is not None
        assert (found.words, found.exec) == (("curl", "-f", "x"), True)
        assert text[found.span.start : found.span.end] == text[7:-1]

    @pytest.mark.parametrize("written", ["NONE", "none", "--interval=5s", "CMD", ""])
    def test_none_and_broken_health_checks_are_none(self, written: str) -> None:
        assert stage(f"FROM a\nHEALTHCHECK CMD x\nHEALTHCHECK {written}\n").healthcheck is None

    def test_onbuild_is_for_others(self) -> None:
        found = stage("FROM a\nONBUILD CMD x\nONBUILD COPY . /app\n")
        assert (found.cmd, found.copies) == (None, ())


class TestPaths:
    @pytest.mark.parametrize(
        ("written", "workdir"),
        [
            ("WORKDIR app", "/app"),
            ("WORKDIR /a\nWORKDIR b/../c", "/a/c"),
            ("WORKDIR //a/", "/a"),
            ("ENV H=/home\nWORKDIR $H/app", "/home/app"),
            ("WORKDIR /x\nWORKDIR $UNKNOWN", "$UNKNOWN"),
            ('WORKDIR "/a b"', "/a b"),
        ],
    )
    def test_workdir(self, written: str, workdir: str) -> None:
        assert stage(f"FROM a\n{written}\n").workdir == workdir

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("COPY a /b", Copy(("a",), "/b", None)),
            ("COPY a b/", Copy(("a",), "/w/b/", None)),
            ("COPY a ../b", Copy(("a",), "/b", None)),
            ("COPY a /", Copy(("a",), "/", None)),
            ("COPY --chown=u:g --chmod=755 a b", Copy(("a",), "/w/b", None)),
            ("COPY --link --from=$S /a b", Copy(("/a",), "/w/b", "build")),
            ('COPY ["a b", "c", "d/"]', Copy(("a b", "c"), "/w/d/", None)),
            ('COPY --chmod=755 ["a", "/b"]', Copy(("a",), "/b", None)),
            ("COPY $S.sh /x", Copy(("build.sh",), "/x", None)),
            (
                "ADD https://example.org/x.tgz /x/",
                Copy(("https://example.org/x.tgz",), "/x/", None),
            ),
        ],
    )
    def test_copy(self, written: str, expected: Copy) -> None:
        assert stage(f"FROM a\nENV S=build\nWORKDIR /w\n{written}\n").copies == (expected,)

    def test_a_copy_without_destination_is_none(self) -> None:
        assert stage("FROM a\nCOPY a\n").copies == ()


class TestHeredocs:
    def test_run(self) -> None:
        found = stage(
            "FROM a\nRUN <<EOF\napt-get update\nCMD not-this\n\n"
            "# nor this\nEXPOSE 1\nEOF\nEXPOSE 2\n"
        )
        assert found.runs == ("<<EOF\napt-get update\nCMD not-this\n\n# nor this\nEXPOSE 1",)
        assert (found.cmd, found.expose) == (None, (2,))

    def test_a_tab_may_stand_before_the_end_only_where_the_dash_says_so(self) -> None:
        assert stage("FROM a\nRUN <<-'END' sh\n\tEXPOSE 1\n\tEND\nEXPOSE 2\n").expose == (2,)
        with pytest.raises(UserError, match="here-document without its end END") as caught:
            stage("FROM a\nRUN <<END\n\tEND\n")
        assert caught.value.line == 2

    def test_copy(self) -> None:
        found = stage(
            'FROM a\nCOPY <<"one" x <<two /d/\nCMD 1\none\nCMD 2\ntwo\nCOPY <<E /run.sh\nE\n'
        )
        assert found.copies == (Copy(("x",), "/d/", None), Copy((), "/run.sh", None))
        assert found.cmd is None

    def test_several_in_a_continued_command(self) -> None:
        found = stage("FROM a\nRUN cat <<A > /x \\\n && cat <<B > /y\nCMD 1\nA\nCMD 2\nB\nCMD ok\n")
        assert words(found.cmd) == ("ok",)
        assert found.runs == ("cat <<A > /x  && cat <<B > /y\nCMD 1\nCMD 2",)

    @pytest.mark.parametrize(
        "line", ["RUN echo $((1<<2))", 'RUN sh -c "cat <<X"', "CMD cat <<X", "RUN cat <<< word"]
    )
    def test_what_only_looks_like_one(self, line: str) -> None:
        assert stage(f"FROM a\n{line}\nEXPOSE 7\n").expose == (7,)


class TestLines:
    TEXT = (
        "# a comment\nfrom a\nrun one && \\\n    # inside\n\n    two\n\n"
        '  Expose \\\n 80 \\\n 81\ncmd ["x", \\\n "y"]'
    )

    @pytest.mark.parametrize("eol", ["\n", "\r\n"])
    def test_continuations_comments_blank_lines_case_and_line_ends(self, eol: str) -> None:
        text = self.TEXT.replace("\n", eol)
        found = stage(text)
        assert found.runs == ("one &&     two",)
        assert found.expose == (80, 81)
        assert found.cmd is not None
        assert found.cmd.words == ("x", "y")
        assert text[found.cmd.span.start : found.cmd.span.end] == text[text.index("cmd") :]

    def test_the_escape_directive(self) -> None:
        found = stage(
            "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nRUN one `\n two\nCMD c:\\\n"
        )
        assert found.runs == ("one  two",)
        assert words(found.cmd) == ("c:\\",)

    def test_an_instruction_that_the_file_leaves_continued(self) -> None:
        assert words(stage("FROM a\nCMD run \\").cmd) == ("run",)
        assert words(stage("FROM a\nCMD run \\\n\n").cmd) == ("run",)

    def test_a_continuation_right_after_the_name(self) -> None:
        assert stage("FROM a\nEXPOSE\\\n 80\n").expose == (80,)

    def test_a_span_counts_characters(self) -> None:
        text = "# gr\u00fc\u00dfe \U0001f600\x0c\u2028\nFROM a\n\tCMD x  \n"
        found = stage(text).cmd
        assert found is not None
        assert text[found.span.start : found.span.end] == "CMD x"


def test_reads_no_file_and_writes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoy = tmp_path / "Dockerfile"
    decoy.write_bytes(b"FROM decoy\nEXPOSE 1\n")
    monkeypatch.chdir(tmp_path)
    assert stage("FROM a\nEXPOSE 2\n").expose == (2,)
    assert decoy.read_bytes() == b"FROM decoy\nEXPOSE 1\n"
    assert list(tmp_path.iterdir()) == [decoy]


def test_a_very_long_file_is_refused() -> None:
    with pytest.raises(UserError, match="too long for a Dockerfile"):
        stage("FROM a\n" + "#" * 300_000)


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("whatsappcrm_backend", ("python:3.10-slim", "/app", (8000,))),
        ("whatsapp-crm-frontend", ("nginx:1.25-alpine", "/", (80,))),
        ("hanna-management-frontend", ("node:20-alpine", "/app", (3000,))),
    ],
)
def test_the_incident(folder: str, expected: tuple[object, ...]) -> None:
    path = SHARED / "incident" / "stack" / folder / "Dockerfile"
    if not path.exists():
        pytest.skip("no incident files")
    found = parse(Source.decode("Dockerfile", path.read_bytes()))
    assert (found.image, found.workdir, found.expose) == expected
    assert found.cmd is not None
    assert found.cmd.exec
    assert found.entrypoint is found.healthcheck is None


def test_real_files() -> None:
    folder = SHARED / "corpus" / "stacks"
    if not folder.exists():
        pytest.skip("no corpus")
    paths = [path for path in folder.rglob("*[Dd]ockerfile*") if path.is_file()]
    assert len(paths) > 100
    for path in paths:
        source = Source.decode(path.name, path.read_bytes())
        found = parse(source)
        assert found.image
        for name, command in (
            ("CMD", found.cmd),
            ("ENTRYPOINT", found.entrypoint),
            ("HEALTHCHECK", found.healthcheck),
        ):
            assert command is None or source.at(command.span).upper().startswith(name)
