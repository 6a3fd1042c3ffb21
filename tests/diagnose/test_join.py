"""Failures and the stack: which service, what is known of it, and which cause comes first."""

from __future__ import annotations

import pytest

from patcher.diagnose.diagnosis import Diagnosis, Explained, with_stack
from patcher.diagnose.failure import Failure, Groups, Kind, Subject
from patcher.diagnose.join import join
from patcher.stack.stack import Stack
from tests.stack.nginx_texts import COMPOSE, stack

NOT_FOUND = Subject(Kind.NOT_RESOLVED, "app", None, 3, "Host not found")
DYNAMIC = "location / { set $up http://app:8000; proxy_pass $up; }"


def site(*locations: str, servers: str = "127.0.0.11", name: str = "shop.example") -> str:
    inside = "\n".join(locations)
    return f"resolver {servers} valid=30s;\nserver {{ server_name {name};\n{inside}\n}}\n"


def diagnosis(found: Stack, *subjects: Subject) -> Diagnosis:
    groups = Groups()
    for subject in subjects:
        groups.add(Failure(subject, "2025/11/21 11:00:00"))
    return with_stack(groups, found)


def explained(conf: str, subject: Subject, compose: str = COMPOSE) -> Explained:
    (one,) = diagnosis(stack({"compose.yaml": compose, "site.conf": conf}), subject).explained
    return one


def rules(one: Explained) -> list[list[str]]:
    return [[found.rule for found in cause.findings] for cause in one.causes]


def every_rule(one: Explained) -> set[str]:
    return {found.rule for cause in one.causes for found in cause.findings}


def about(one: Explained, what: str) -> list[str]:
    return [fact.text for fact in one.facts if fact.about == what]


def test_with_docker_alone_the_container_was_not_running() -> None:
    one = explained(site(DYNAMIC), NOT_FOUND)
    assert one.services == ("app",)
    assert "was not running" in one.causes[0].text
    assert "missing-depends-on" in rules(one)[0]
    assert about(one, "resolver") == ["`resolver 127.0.0.11 valid=30s`"]
    assert about(one, "wait") == ["`proxy` does not wait for it"]


@pytest.mark.parametrize(("code", "words"), [(3, "does not exist"), (2, "error"), (110, "5 s")])
def test_a_mixed_resolver_comes_first(code: int, words: str) -> None:
    subject = Subject(Kind.NOT_RESOLVED, "app", None, code, "x")
    one = explained(site(DYNAMIC, servers="127.0.0.11 8.8.8.8"), subject)
    assert rules(one)[0][0] == "resolver-mixed"
    assert words in one.causes[0].text
    assert "8.8.8.8" in one.causes[0].text
    assert len(one.causes) == 2


def test_docker_alone_that_does_not_answer_in_time() -> None:
    subject = Subject(Kind.NOT_RESOLVED, "app", None, 110, "Operation timed out")
    one = explained(site(DYNAMIC), subject)
    assert rules(one) == [["resolver-timeout"]]
    assert one.causes[0].text.startswith("Docker's DNS did not answer in time")


def test_a_mixed_resolver_of_another_location_is_not_blamed() -> None:
    other = "location /api { resolver 8.8.8.8; set $api http://api:80; proxy_pass $api; }"
    one = explained(site(DYNAMIC, other), NOT_FOUND)
    assert "resolver-mixed" not in every_rule(one)


def test_a_finding_that_a_comment_ignores_still_is_the_cause() -> None:
    conf = "# hanna-fix: ignore[resolver-mixed] wanted\n" + site(
        DYNAMIC, servers="127.0.0.11 9.9.9.9"
    )
    found = diagnosis(stack({"site.conf": conf}), NOT_FOUND)
    (finding,) = found.explained[0].causes[0].findings
    assert finding.rule == "resolver-mixed"
    assert finding.fingerprint in found.ignored


def test_a_name_that_is_no_service() -> None:
    conf = site("location / { set $up http://ap:8000; proxy_pass $up; }")
    one = explained(conf, Subject(Kind.NOT_RESOLVED, "ap", None, 3, "Host not found"))
    assert one.services == ()
    assert rules(one)[0] == ["unknown-upstream"]


def test_a_name_that_no_directive_holds() -> None:
    one = explained(site(DYNAMIC), Subject(Kind.NOT_RESOLVED, "evil.example", None, 3, "x"))
    assert "clients choose the name" in one.causes[0].text
    assert rules(one) == [[]]


def test_networks_that_are_not_shared_come_before_the_resolver() -> None:
    compose = COMPOSE.replace("example/app:1.4\n", "example/app:1.4\n    networks: [back]\n")
    compose += "networks: {back: {}}\n"
    one = explained(site(DYNAMIC, servers="127.0.0.11 8.8.8.8"), NOT_FOUND, compose)
    assert rules(one)[:2] == [["unreachable-upstream"], ["resolver-mixed"]]
    assert about(one, "network") == ["none in common with `proxy`"]


def test_an_nginx_on_the_network_of_the_host() -> None:
    compose = COMPOSE.replace("    volumes:", "    network_mode: host\n    volumes:")
    subject = Subject(Kind.RESOLVER_UNREACHABLE, "127.0.0.11", 53, 111, "Connection refused")
    one = explained(site(DYNAMIC), subject, compose)
    assert about(one, "resolver") == ["`resolver 127.0.0.11 valid=30s`"]
    assert "network_mode: host" in one.causes[0].tell


def test_no_resolver() -> None:
    conf = f"server {{ {DYNAMIC} }}"
    one = explained(conf, Subject(Kind.NO_RESOLVER, "app"))
    assert rules(one) == [["resolver-missing"]]
    group = (
        "upstream pool { zone pool 1m; server app:8000 resolve; } "
        "server { location / { proxy_pass http://pool; } }"
    )
    one = explained(group, Subject(Kind.NO_RESOLVER, "pool", place="/etc/nginx/nginx.conf:1"))
    assert one.services == ("app",)


def address(server: str, port: int = 8000) -> Subject:
    return Subject(Kind.REFUSED, "172.20.0.5", port, 111, "Connection refused", server)


def test_an_address_is_known_by_its_port_and_server() -> None:
    api = (
        "server { server_name api.example; location / { set $b http://api:8000; proxy_pass $b; } }"
    )
    conf = site(DYNAMIC) + api
    assert explained(conf, address("shop.example")).services == ("app",)
    assert explained(conf, address("api.example")).services == ("api",)
    both = explained(conf, address("other.example"))
    assert both.services == ("app", "api")
    assert about(both, "service") == ["one of `app`, `api`: nginx asks each for port 8000"]
    assert explained(conf, address("shop.example", 9999)).services == ()


def test_an_address_that_a_container_has_now_is_that_service() -> None:
    api = "location /api { set $b http://api:8000; proxy_pass $b; }"
    found = stack({"site.conf": site(DYNAMIC, api)})
    joined = join(found, address("shop.example"), (), ("api",))
    assert [one.name for one in joined.services] == ["api"]
    assert [one.host for one in joined.passes] == ["api"]


def test_a_wrong_port_comes_first() -> None:
    compose = COMPOSE.replace(
        "image: example/app:1.4", "image: python:3.12\n    command: gunicorn --bind 0.0.0.0:9000 a"
    )
    one = explained(site(DYNAMIC), address("shop.example"), compose)
    assert rules(one)[0] == ["upstream-port-mismatch"]
    assert "upstream-port-mismatch" not in every_rule(explained(site(DYNAMIC), address("")))


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        (DYNAMIC, "keeps an address for `valid=`"),
        ("location / { proxy_pass http://app:8000; }", "until it is reloaded"),
    ],
)
def test_how_long_an_address_is_kept(location: str, kept: str) -> None:
    gone = Subject(Kind.UNREACHABLE, "172.20.0.5", 8000, 113, "x", "shop.example")
    assert kept in explained(site(location), gone).causes[0].text


def test_only_a_missing_valid_is_blamed_for_an_old_address() -> None:
    gone = Subject(Kind.UNREACHABLE, "172.20.0.5", 8000, 113, "x", "shop.example")
    assert rules(explained(site(DYNAMIC), gone))[0] == []
    assert rules(explained(site(DYNAMIC).replace(" valid=30s", ""), gone))[0] == ["resolver-cache"]


def test_a_name_that_stops_nginx_at_start() -> None:
    conf = site("location / { proxy_pass http://app:8000; }")
    place = "/etc/nginx/conf.d/default.conf"
    here = Subject(Kind.NOT_FOUND_AT_START, "app", None, place=f"{place}:3")
    one = explained(conf, here)
    assert "static-upstream" in rules(one)[0]
    assert about(one, "file") == []
    gone = Subject(Kind.NOT_FOUND_AT_START, "app", 8000, place=f"{place}:98")
    assert about(explained(conf, gone), "file") == [
        "line 98 of `site.conf` names no such host today: it has changed since"
    ]


def test_a_wait_for_health_is_told() -> None:
    compose = COMPOSE.replace(
        "    volumes:", "    depends_on: {app: {condition: service_healthy}}\n    volumes:"
    ).replace("example/app:1.4", "example/app:1.4\n    healthcheck: {test: [CMD, /ok]}")
    one = explained(site(DYNAMIC), NOT_FOUND, compose)
    assert about(one, "wait") == ["`proxy` waits for `service_healthy`"]
    assert about(one, "health") == ["has a check"]
    assert rules(one) == [[]]


def test_a_certificate_lookup_is_no_failed_request() -> None:
    subject = Subject(Kind.NOT_RESOLVED, "r3.o.example", None, 3, "x", is_ocsp=True)
    one = explained(site(DYNAMIC, servers="127.0.0.11 8.8.8.8"), subject)
    assert "no request of a client fails" in one.causes[0].text
    assert rules(one) == [[]]


def test_the_rules_to_begin_with_are_those_of_most_failures() -> None:
    conf = site(
        DYNAMIC, "location /b { proxy_pass http://api:9000; }", servers="127.0.0.11 8.8.8.8"
    )
    gone = Subject(Kind.UNREACHABLE, "172.20.0.5", 9000, 113, "x", "shop.example")
    found = diagnosis(stack({"site.conf": conf}), NOT_FOUND, gone, gone)
    assert found.rules[0] == "static-upstream"
    assert "resolver-mixed" in found.rules
    assert found.is_fixed_safely
    assert not diagnosis(stack({"site.conf": conf}), gone).is_fixed_safely


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_cause_in_any_stack(kind: Kind) -> None:
    for host in ("app", "172.20.0.5", "unix:/run/a.sock", ""):
        place = "/etc/nginx/nginx.conf:1" if kind is Kind.NOT_FOUND_AT_START else ""
        one = explained(site(DYNAMIC), Subject(kind, host, 8000, 5, "x", "s", place))
        assert one.causes
        assert one.facts
