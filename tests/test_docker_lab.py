"""The Docker lab as far as it can be seen without Docker: its stack, and what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.real_compose import needs_compose, run
from tests.stacks import FIXTURES, ROOT, fixed
from tests.variants import read_tree

LAB = FIXTURES / "docker"
DOCUMENTED = {
    "implicit-network",
    "migrations-never-run",
    "missing-healthcheck",
    "resolver-mixed",
    "resolver-timeout",
    "unconditional-depends-on",
}


def test_its_stack_has_the_faults_of_the_incident_and_all_are_fixed() -> None:
    outcome = fixed(read_tree(LAB / "stack"))
    assert {one.finding.rule for one in outcome.fixed} >= DOCUMENTED
    assert (outcome.held, outcome.left) == ((), ())


@needs_compose
def test_laid_over_the_stack_it_shuts_it_in() -> None:
    files = ("-f", "docker-compose.yml", "-f", str(LAB / "lab.yml"))
    done = run(LAB / "stack", *files, "config", "--format", "json")
    model = json.loads(done.stdout)
    assert all(network["internal"] for network in model["networks"].values())
    assert not any("ports" in service for service in model["services"].values())


def test_where_no_daemon_answers_it_is_left_out_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.docker", "--if-possible"]
    environment = {"PATH": "/usr/bin:/bin", "DOCKER_HOST": f"unix://{tmp_path}/no.sock"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith("the Docker lab is left out: ")
