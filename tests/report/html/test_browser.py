"""The page in headless Chromium; skipped where Playwright or Chromium is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from patcher.report import diagnosis_html
from patcher.report.html import render
from tests.report.diagnoses import hostile as hostile_diagnosis
from tests.report.html.pages import hanna, report_of, stacked
from tests.report.html.test_hostile import hostile_stack

pytestmark = pytest.mark.browser

sync_api = pytest.importorskip("playwright.sync_api")
PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
if not PROGRAM:
    pytest.skip("Chromium is not installed", allow_module_level=True)

# no traffic of its own; the sandbox does not start for root
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=PROGRAM, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "review.html"
    path.write_text(render(hanna()), encoding="utf-8")
    return path.as_uri()


class Told:
    """What a page does besides showing itself."""

    def __init__(self, page: Any) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda one: self.requests.append(one.url))
        page.on("console", lambda one: self.errors.append(one.text))
        page.on("pageerror", lambda one: self.errors.append(str(one)))
        page.on("dialog", lambda one: self.errors.append(one.message))


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def ground(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_it_asks_for_nothing_and_complains_of_nothing(browser: Any, address: str) -> None:
    context = browser.new_context()
    opened = context.new_page()
    told = Told(opened)
    opened.goto(address)
    opened.keyboard.press("u")
    opened.wait_for_load_state("networkidle")
    assert told.requests == [address]
    assert told.errors == []
    context.close()


@pytest.mark.parametrize(
    "made",
    [
        lambda: render(report_of(stacked(hostile_stack()))),
        lambda: diagnosis_html.render(hostile_diagnosis()),
    ],
    ids=["repository", "log"],
)
def test_nothing_of_a_hostile_input_acts(
    browser: Any, tmp_path: Path, made: Callable[[], str]
) -> None:
    path = tmp_path / "page.html"
    path.write_text(made(), encoding="utf-8")
    context = browser.new_context()
    opened = context.new_page()
    told = Told(opened)
    opened.goto(path.as_uri())
    opened.wait_for_load_state("networkidle")
    assert told.requests == [path.as_uri()]
    assert told.errors == []
    assert opened.evaluate("document.scripts.length") == 1
    context.close()


def test_a_page_without_folds_offers_none(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "diagnosis.html"
    path.write_text(diagnosis_html.render(hostile_diagnosis()), encoding="utf-8")
    opened = browser.new_page(viewport={"width": 320, "height": 800})
    opened.goto(path.as_uri())
    assert opened.locator("#theme").is_visible()
    assert not opened.locator("#unfold").is_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320
    opened.close()


def test_the_policy_refuses_scripts_that_are_not_ours(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "review.html"
    added = "<script>document.title = 'taken'</script></main>"
    path.write_text(render(hanna()).replace("</main>", added, 1), encoding="utf-8")
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(path.as_uri())
    assert opened.title() != "taken"
    context.close()


def test_keys_go_from_finding_to_finding(page: Any) -> None:
    page.keyboard.press("j")
    assert focused(page) == "s0-finding-1"
    page.keyboard.press("j")
    assert focused(page) == "s0-finding-2"
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert focused(page) == "s0-finding-1"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_keys_go_from_change_to_change(page: Any) -> None:
    page.keyboard.press("n")
    first = page.evaluate("document.activeElement.querySelector('caption').textContent")
    page.keyboard.press("n")
    second = page.evaluate("document.activeElement.querySelector('caption').textContent")
    assert first.startswith("docker-compose.yml, lines 12 to ")
    assert second != first


def test_the_keys_are_told_and_can_be_switched_off(page: Any) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("j")
    assert focused(page) != "s0-finding-1"


def test_light_and_dark(page: Any) -> None:
    light = ground(page)
    page.emulate_media(color_scheme="dark")
    dark = ground(page)
    assert dark != light
    page.keyboard.press("t")
    assert ground(page) == light
    assert page.locator("#theme").get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="Dark").click()
    assert ground(page) == dark


def test_unchanged_lines_unfold(page: Any) -> None:
    closed = "document.querySelectorAll('details:not([open])').length"
    assert page.evaluate(closed) > 0
    page.get_by_role("button", name="Unfold all").click()
    assert page.evaluate(closed) == 0
    page.keyboard.press("u")
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 0


def test_a_place_leads_to_its_line_in_a_fold(page: Any) -> None:
    page.get_by_role("link", name="docker-compose.yml:3").first.click()
    row = page.locator("tr:target")
    row.wait_for(state="visible")
    assert "db:" in row.inner_text()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_it_fits_narrow_screens(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.keyboard.press("u")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for figure in page.locator(".scroll").all():
        assert figure.evaluate("one => getComputedStyle(one).overflowX") == "auto"


def test_it_prints_without_buttons_and_in_light(page: Any) -> None:
    light = ground(page)
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".bar").is_visible()
    assert ground(page) == light
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_it_is_whole_without_scripts(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address)
    assert opened.locator("article.finding").count() == 18
    assert not opened.get_by_role("button").first.is_visible()
    opened.locator("details.fold summary").first.click()
    assert opened.locator("details.fold[open] tr").first.is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(page: Any, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.keyboard.press("u")
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
