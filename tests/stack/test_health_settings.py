"""What the settings say of a health check."""

from __future__ import annotations

import pytest

from patcher.engine.check import check
from patcher.engine.fix import fix
from patcher.finding import NoFix
from patcher.rules import rule_named
from patcher.stack.health import Health
from patcher.stack.settings import CheckSettings, Figures, Settings
from tests.stack.compose_texts import service, stack

RULES = [rule_named("missing-healthcheck")]
OWN = CheckSettings(test=("CMD-SHELL", 'test "$READY" = 1'))


def settings(told: CheckSettings, general: Figures | None = None) -> Settings:
    return Settings(checks={"it": told}, figures=general or Figures())


def health(text: str, told: Settings, *, needed: bool = True) -> Health:
    return stack(service("it", text, needed), settings=told).health_of("it")


@pytest.mark.parametrize("image", ["example/unknown", "postgres", "gitea/gitea:1", "$IMAGE"])
def test_a_test_of_the_settings_is_written_as_given(image: str) -> None:
    found = stack(service("it", f'image: "{image}"'), settings=settings(OWN))
    outcome = fix(found, RULES)
    assert [one.finding.rule for one in outcome.fixed] == ["missing-healthcheck"]
    (change,) = outcome.changes
    assert """test: ["CMD-SHELL", 'test "$$READY" = 1']""" in change.after.text
    assert fix(found.patched({change.after.path: change.after}), RULES).changes == ()


def test_a_service_that_the_settings_test_needs_no_one_that_waits() -> None:
    found = stack(service("it", "image: x", waits_for_it=False), settings=settings(OWN))
    (finding,) = check(found, RULES)
    assert finding.evidence.endswith("and the settings say how to test it")
    figures = CheckSettings(figures=Figures(interval="9s"))
    assert health("image: postgres", settings(figures), needed=False) == Health()


@pytest.mark.parametrize(
    "text", ["image: x, healthcheck: {disable: true}", "image: x, healthcheck: {test: [CMD, a]}"]
)
def test_what_the_compose_file_says_stays(text: str) -> None:
    assert health(text, settings(OWN)).probe is None


def test_figures_without_a_test_are_not_filled_in() -> None:
    probe = health("image: example/app, healthcheck: {interval: 5s}", settings(OWN)).no_probe
    assert probe is not None
    assert probe.reason == "its `healthcheck` says how often to test, but not what"
    figures = CheckSettings(figures=Figures(interval="9s"))
    assert health("image: example/app, healthcheck: {interval: 5s}", settings(figures)) == Health()


def test_an_unknown_image_with_a_port_alone_gets_none() -> None:
    found = stack(service("it", "image: example/app"), settings=settings(CheckSettings(port=80)))
    (finding,) = check(found, RULES)
    assert isinstance(finding.remedy, NoFix)
    assert "is not known" in finding.remedy.reason


def test_figures_of_the_service_come_before_the_general_ones() -> None:
    own = CheckSettings(figures=Figures(interval="1s", retries=3))
    general = Figures(interval="2s", timeout="3s", start_period="4s")
    probe = health("image: redis", settings(own, general)).probe
    assert probe is not None
    assert (probe.interval, probe.timeout, probe.retries, probe.start_period) == (
        "1s",
        "3s",
        3,
        "4s",
    )
    other = stack(
        service("other", "image: redis"), settings=settings(own, Figures(retries=4))
    ).health_of("other")
    assert other.probe is not None
    assert (other.probe.interval, other.probe.retries) == ("5s", 4)


def test_a_start_period_of_the_settings_is_kept_where_the_start_builds() -> None:
    text = 'image: "node:22", command: sh -c "npm ci && npm start", expose: [3000]'
    own = CheckSettings(figures=Figures(start_period="30s"))
    probe = health(text, settings(own)).probe
    assert probe is not None
    assert probe.start_period == "30s"
