"""The commands of the recipes do on the example stack what the page says."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from tests.pipelines.recipes import Step, github_steps, gitlab_steps, recipes
from tests.pipelines.workplace import ADDRESS, Workplace

CHECK = list(github_steps(".github/workflows/hanna-fix.yml"))
BRANCH = list(github_steps(".github/workflows/hanna-fix-branch.yml"))
FLEET = list(github_steps(".github/workflows/hanna-fix-fleet.yml"))
GITLAB = list(gitlab_steps(".gitlab-ci.yml"))

# a pull request that is not there yet: none is listed, then one is made
GH = """case "$*" in
  *POST*) echo '{"html_url": "https://github.com/example/shop/pull/1", "number": 1}' ;;
  *) echo '[]' ;;
esac
"""


def run(place: Workplace, steps: list[Step]) -> list[int]:
    """Run all steps but the last, which have to succeed, and the last; return their statuses."""
    return [place.run(step.run, step.environment).status for step in steps]


def test_github_check_fails_at_the_last_step_and_reports_before(place: Workplace) -> None:
    install, sarif, annotate = CHECK
    assert run(place, [install, sarif]) == [0, 0]
    assert place.calls() == ["pipx install hanna-fix==0.1.0"]
    report = json.loads((place.clone / "hanna-fix.sarif").read_text())
    assert len(report["runs"][0]["results"]) == 18
    done = place.run(annotate.run, annotate.environment)
    assert done.status == 1
    assert "::error file=nginx_proxy/nginx.conf,line=5," in done.output


def test_github_check_passes_a_stack_without_findings(place: Workplace) -> None:
    place.check("hanna-fix apply")
    assert run(place, CHECK) == [0, 0, 0]


def test_github_check_stops_where_the_stack_cannot_be_read(place: Workplace) -> None:
    (place.clone / "docker-compose.yml").write_text("services: [\n")
    assert place.run(CHECK[1].run).status != 0


@pytest.mark.parametrize("steps", [BRANCH, FLEET], ids=["one", "fleet"])
def test_github_branch_makes_a_request_and_updates_it(place: Workplace, steps: list[Step]) -> None:
    place.program("gh", GH)
    assert run(place, steps) == [0, 0]
    tip = place.check(f"git ls-remote {ADDRESS} refs/heads/fix/hanna")
    assert tip
    assert any("POST" in call for call in place.calls() if call.startswith("gh "))
    # the next week's clone knows nothing of the branch
    place.check("git branch -D fix/hanna")
    assert place.run(steps[-1].run, steps[-1].environment).status == 0
    assert place.check(f"git ls-remote {ADDRESS} refs/heads/fix/hanna")


def test_gitlab_reports_and_fails_at_the_last_command(place: Workplace) -> None:
    assert run(place, GITLAB) == [0, 0, 0, 1]
    assert place.calls() == ["pip install --quiet hanna-fix==0.1.0"]
    assert len(json.loads((place.clone / "codequality.json").read_text())) == 18
    assert ET.parse(place.clone / "junit.xml").getroot().get("failures") == "18"


DOCKER = """if [ "$1 $2" = "compose logs" ]; then {logs}; fi
[ "$1" = compose ]
"""
FAILURE = (
    "echo 'nginx-1  | 2025/01/02 03:04:05 [error] 30#30: *1 backend could not be resolved"
    " (3: Host not found), client: 10.0.0.1, server: crm.example.org,"
    ' request: "GET / HTTP/1.1", host: "crm.example.org"\''
)


def deploy(place: Workplace, logs: str) -> tuple[int, list[str]]:
    place.program("docker", DOCKER.format(logs=logs))
    (place.clone / "deploy.sh").write_text(recipes()["deploy.sh"])
    done = place.run("bash deploy.sh http://localhost:8080/")
    shown = [call for call in place.calls() if call.startswith(("docker compose", "curl"))]
    return done.status, shown


def test_deploy_fixes_proves_starts_and_looks(place: Workplace) -> None:
    status, calls = deploy(place, "true")
    assert status == 0, calls
    words = [" ".join(call.split()[:3]) for call in calls]
    assert words == [
        "docker compose up",
        "docker compose restart",
        "curl --fail --silent",
        "docker compose logs",
    ]
    assert calls[2].endswith(" http://localhost:8080/")
    assert place.run("hanna-fix check").status == 0


def test_deploy_fails_where_nginx_does_not_find_a_service(place: Workplace) -> None:
    status, calls = deploy(place, FAILURE)
    assert status == 1
    assert calls[-1].startswith("docker compose logs")


def test_deploy_starts_nothing_where_something_is_left(place: Workplace) -> None:
    (place.clone / ".hanna-fix.toml").write_text('select = ["no-database-backup"]\n')
    status, calls = deploy(place, "true")
    assert (status, calls) == (1, [])


def test_deploy_starts_nothing_that_is_not_proven(place: Workplace) -> None:
    with (place.clone / "docker-compose.yml").open("a") as file:
        file.write("  broken:\n    image: nginx\n    ports: [not-a-port]\n")
    status, calls = deploy(place, "true")
    assert (status, calls) == (2, [])


def test_fleet_goes_on_after_a_failure_and_tells_of_each(place: Workplace) -> None:
    place.check("git clone -q --bare . ../empty.git && git clone -q ../empty.git ../emptied")
    place.check("cd ../emptied && git rm -rq . && git commit -qm Empty && git push -q")
    addresses = [ADDRESS, str(place.folder / "none.git"), str(place.folder / "empty.git"), ADDRESS]
    (place.folder / "list").write_text("".join(f"{one}\n" for one in addresses))
    (place.folder / "fleet.sh").write_text(recipes()["fleet.sh"])
    lines = place.check("bash ../fleet.sh ../list").splitlines()
    told = [line.split("\t") for line in lines]
    assert [one[1] for one in told] == addresses
    assert [one[0] for one in told] == ["1", "4", "2", "1"]
    assert told[0][2] == told[3][2]
    assert "no compose file below" in told[2][2]
    assert place.check(f"git ls-remote {ADDRESS} refs/heads/fix/hanna")


def test_multi_gitter_runs_a_command_that_writes_the_files(place: Workplace) -> None:
    place.check("hanna-fix apply --recursive")
    assert "nginx_proxy/nginx.conf" in place.check("git diff --name-only")
