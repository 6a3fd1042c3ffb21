import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.migrate.oneshot import free_name, oneshot_edits, oneshot_waits, runs_with
from patcher.stack.stack import Stack
from patcher.text import Source, splice
from tests.stacks import stack_of

DB = "  db: {image: postgres:16, healthcheck: {test: [CMD, pg_isready]}}\n"
HEALTHY = {"db": "service_healthy"}


def stack(services: str, override: str | None = None) -> Stack:
    sources = {"compose.yaml": Source("compose.yaml", f"services:\n{services}")}
    if override is not None:
        path = "compose.override.yaml"
        sources[path] = Source(path, f"services:\n{override}")
    return stack_of(sources)


def added(of: Stack, *, through_entrypoint: bool = True) -> str:
    app = of.project.services["web"]
    edits = oneshot_edits(
        of, app, "migrate", ("x", "a b"), HEALTHY, through_entrypoint=through_entrypoint
    )
    (text,) = [of.project.documents[0].tree.source.text]
    return splice(text, edits)[len(text.rstrip("\n")) :]


def waits(of: Stack, users: tuple[str, ...] = ("web",)) -> dict[str, str]:
    return oneshot_waits(of, of.project.services["web"], ["db"], users)


@pytest.mark.parametrize(
    ("services", "name"),
    [
        ("", "migrate"),
        ("  migrate: {image: x}\n", "web-migrate"),
        ("  a: {image: x, container_name: migrate}\n", "web-migrate"),
        ("  a: {image: x, networks: {n: {aliases: [migrate]}}}\n", "web-migrate"),
        ("  migrate: {image: x}\n  web-migrate: {image: x}\n", "web-migrate-2"),
    ],
)
def test_free_name(services: str, name: str) -> None:
    assert free_name(stack(f"  web: {{image: x}}\n{services}"), "migrate", "web") == name


def test_what_makes_the_container_is_copied_and_nothing_else() -> None:
    text = added(
        stack(
            "  web:\n    image: x  # pinned\n    user: '1'\n    container_name: w\n"
            "    hostname: w\n    ports: ['80:80']\n    restart: always\n    command: serve\n"
            "    healthcheck: {test: [CMD, a]}\n    deploy: {replicas: 2}\n"
            "    labels: [a=b]\n    depends_on: [cache]\n    secrets: [s]\n"
        )
    )
    assert text == (
        "\n  migrate:\n    image: x  # pinned\n    user: '1'\n    secrets: [s]\n"
        "    command: \"x 'a b'\"\n    depends_on:\n      db:\n        condition: service_healthy\n"
        "    restart: 'no'\n"
    )


@pytest.mark.parametrize(
    ("networks", "copied"),
    [
        ("[a, b]", "    networks: [a, b]\n"),
        ("{a: {ipv4_address: 10.0.0.2}, b: {}}", "    networks:\n      - a\n      - b\n"),
        ("{a: {aliases: [shop]}}", "    networks:\n      - a\n"),
        ("{a: {}, b: null}", "    networks: {a: {}, b: null}\n"),
    ],
)
def test_of_networks_no_addresses_and_aliases(networks: str, copied: str) -> None:
    text = added(stack(f"  web:\n    image: x\n    networks: {networks}\n"))
    assert copied in text


def test_an_entrypoint_that_passes_the_command_on_is_kept() -> None:
    of = stack("  web:\n    image: x\n    entrypoint: [./entry.sh]\n    command: serve\n")
    assert "    entrypoint: [./entry.sh]\n    command: \"x 'a b'\"\n" in added(of)
    text = added(of, through_entrypoint=False)
    assert '    entrypoint: ["x", "a b"]\n' in text
    assert "command:" not in text


def test_an_anchor_is_named_by_its_alias() -> None:
    text = added(stack("  web:\n    image: x\n    environment: &env\n      A: b\n"))
    assert "    environment: *env\n" in text


def merged(shared: str, web: str, more: str = "", *, through_entrypoint: bool = True) -> str:
    """Return the one-shot service beside an app that shares `x-app` of a file."""
    text = f"x-app: &app\n{shared}services:\n{more}  web:{web}"
    of = stack_of({"compose.yaml": Source("compose.yaml", text)})
    return added(of, through_entrypoint=through_entrypoint).split("    depends_on:")[0]


@pytest.mark.parametrize(
    ("shared", "web", "expected"),
    [
        ("  image: x\n  environment: {A: b}\n", "\n    <<: *app\n", "    <<: *app\n"),
        ("  image: x\n  restart: always\n", " *app\n", "    <<: *app\n"),
        ("  image: x\n  command: a\n  logging: {driver: b}\n", " *app\n", "    <<: *app\n"),
        (
            "  image: x\n  entrypoint: [./e.sh]\n",
            "\n    <<: [*app]\n    user: '1'\n    ports: ['80:80']\n",
            "    <<: [*app]\n    user: '1'\n",
        ),
        ("  image: x\n  ports: ['80']\n", " *app\n", "    image: x\n"),
        (
            "  image: x\n  environment: {A: b}\n",
            "\n    <<: *app\n    environment:\n",
            "    image: x\n",
        ),
        ("  depends_on: [a]\n", "\n    <<: *app\n    image: x\n", "    image: x\n"),
        (
            "  image: x\n  networks: {a: {aliases: [b]}}\n",
            " *app\n",
            "    <<: *app\n    networks:\n      - a\n",
        ),
    ],
)
def test_the_app_s_merge_key_is_copied_where_all_it_brings_may_come_along(
    shared: str, web: str, expected: str
) -> None:
    assert merged(shared, web) == f"\n  migrate:\n{expected}    command: \"x 'a b'\"\n"


def test_a_command_that_a_merge_key_brings_is_no_argument_of_the_migration() -> None:
    text = merged("  image: x\n  command: a\n", " *app\n", through_entrypoint=False)
    assert text == '\n  migrate:\n    image: x\n    entrypoint: ["x", "a b"]\n'
    text = merged("  image: x\n  entrypoint: a\n", " *app\n", through_entrypoint=False)
    assert text == '\n  migrate:\n    <<: *app\n    entrypoint: ["x", "a b"]\n'


def test_what_is_about_to_get_a_check_is_not_merged() -> None:
    shared = "  image: python\n  command: gunicorn -b :8000\n"
    waiter = "  proxy: {image: x, depends_on: [web]}\n"
    assert "<<" in merged(shared, " *app\n")
    assert "<<" not in merged(shared, " *app\n", waiter)


@pytest.mark.parametrize(
    ("services", "override", "reason"),
    [
        ("  web: {image: x}\n", "  web: {environment: {A: b}}\n", "in another file"),
        ("  web: {environment: {A: b}}\n", "  web: {environment: {B: c}}\n", "several definitions"),
    ],
)
def test_an_app_over_several_files_is_not_copied(services: str, override: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        added(stack(services, override))


def test_a_key_that_another_file_adds_and_a_one_shot_service_lacks_is_no_matter() -> None:
    assert "migrate:" in added(stack("  web: {image: x}\n", "  web: {ports: ['80:80']}\n"))


def test_waits_for_databases_and_for_jobs() -> None:
    done = "{condition: service_completed_successfully}"
    web = f"web: {{image: z, depends_on: {{init: {done}, cache: {{condition: service_started}}}}}}"
    of = stack(f"{DB}  init: {{image: x}}\n  cache: {{image: y}}\n  {web}\n")
    assert waits(of) == {**HEALTHY, "init": "service_completed_successfully"}
    with pytest.raises(CannotEdit, match="`init` of the same image ends before `web` starts"):
        waits(of, ("web", "init"))


@pytest.mark.parametrize(
    ("services", "reason"),
    [
        (
            "  db: {image: 'postgres:16'}\n  web: {image: z, depends_on: [db]}\n",
            "health check first",
        ),
        (
            "  db: {image: postgres, healthcheck: {disable: true}}\n  web: {image: z}\n",
            "its health",
        ),
        (
            DB.replace("}\n", ", profiles: [a]}\n") + "  web: {image: z}\n",
            "profile that may be off",
        ),
        (DB.replace("}\n", ", depends_on: [web]}\n") + "  web: {image: z}\n", "needs `web`"),
        (f"{DB}  web: {{image: z, network_mode: 'service:u'}}\n  u: {{image: z}}\n", "`u` itself"),
        (f"{DB}  web: {{image: z, links: ['u:a']}}\n  u: {{image: z}}\n", "`u` itself needs `u`"),
        (
            f"{DB}  web: {{image: z, volumes_from: [v]}}\n  v: {{image: y, depends_on: [web]}}\n",
            "`v` itself needs `web`",
        ),
    ],
)
def test_what_cannot_be_waited_for(services: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        waits(stack(services), ("web", "u"))


def test_a_database_of_an_override_is_waited_for_only_where_the_first_file_does() -> None:
    with pytest.raises(CannotEdit, match=r"`db` is not defined in compose\.yaml"):
        waits(stack("  web: {image: z}\n", DB))
    of = stack("  web: {image: z, depends_on: [db]}\n", DB)
    with pytest.raises(CannotEdit, match="cannot report its health"):
        waits(of)


@pytest.mark.parametrize(
    ("service", "other", "expected"),
    [
        ("", "", True),
        ("profiles: [a]", "", True),
        ("", "profiles: [a]", False),
        ("profiles: [a]", "profiles: [a, b]", True),
        ("profiles: [a, b]", "profiles: [a]", False),
    ],
)
def test_runs_with(service: str, other: str, expected: bool) -> None:
    services = stack(f"  a: {{image: x, {service}}}\n  b: {{image: x, {other}}}\n").project.services
    assert runs_with(services["a"], services["b"]) is expected
