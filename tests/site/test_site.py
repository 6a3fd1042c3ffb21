"""The site's pages stand alone: whatever they link to is among them, and the front page has all."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.site.__main__ import gather
from tests.site.links import is_outward, links, relinked
from tests.site.navigation import navigation
from tests.site.pages import REPOSITORY, files, pages
from tests.site.structure import differences
from tests.stacks import ROOT

PAGES = pages(ROOT)


def leaves(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        for value in entry.values() if isinstance(entry, dict) else [entry]:
            yield from leaves(value) if isinstance(value, list) else [value]


def test_every_link_leads_to_a_page_or_file_of_the_site() -> None:
    known = {*PAGES, *files(ROOT)}
    for place, text in PAGES.items():
        for link in links(text):
            path = link.partition("#")[0]
            if path and not is_outward(link):
                led = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
                assert led in known, f"{place}: {link}"


def test_every_page_is_in_the_navigation_once() -> None:
    written = sorted(one for one in PAGES if not one.startswith(f"{REPOSITORY}/"))
    assert sorted(leaves(navigation(PAGES))) == written, "list the page in docs/index.md"


def test_a_folder_that_a_page_links_to_is_shown_as_it_is() -> None:
    shown = PAGES[f"{REPOSITORY}/fixtures/stacks/hanna/before.md"]
    compose = ROOT / "fixtures/stacks/hanna/before/docker-compose.yml"
    assert f"## docker-compose.yml\n\n```yaml\n{compose.read_text(encoding='utf-8')}" in shown
    assert "## nginx_proxy/nginx.conf\n\n```nginx\n" in shown


def test_the_readme_leads_back_into_the_pages() -> None:
    assert "](../usage.md)" in PAGES[f"{REPOSITORY}/readme.md"]
    assert f"]({REPOSITORY}/readme.md)" in PAGES["index.md"]


def test_code_is_not_relinked() -> None:
    text = "[a](x.md)\n```md\n[a](x.md)\n```\n[a](x.md#b)\n"
    done = relinked(text, lambda link: f"new/{link}")
    assert done == "[a](new/x.md)\n```md\n[a](x.md)\n```\n[a](new/x.md#b)\n"
    assert list(links(text)) == ["x.md", "x.md#b"]


def test_sections_of_an_index_hold_what_is_below_them() -> None:
    index = (
        "- [A](a.md): first.\n\n## More\n\n- [B](sub/index.md)\n- [out](https://example.org/x.md)\n"
    )
    below = "## One\n\n| rule |\n|---|\n| [c](c.md) |\n\n## None\n\nwords, [d](d.md)\n"
    assert navigation({"index.md": index, "sub/index.md": below}) == [
        {"Start": "index.md"},
        {"A": "a.md"},
        {"More": [{"B": [{"B": "sub/index.md"}, {"One": [{"c": "sub/c.md"}]}]}]},
    ]


def test_everything_is_gathered_for_the_generator(tmp_path: Path) -> None:
    configuration = gather(ROOT, tmp_path / "docs")
    assert configuration.parent == tmp_path / "docs"
    gathered = {
        path.relative_to(tmp_path / "docs/pages").as_posix()
        for path in (tmp_path / "docs/pages").rglob("*")
        if path.is_file()
    }
    assert gathered == {*PAGES, *files(ROOT)}
    assert (tmp_path / "docs/base.yml").is_file()


def test_a_list_that_the_generator_does_not_see_is_told(tmp_path: Path) -> None:
    text = "---\nsearch: {}\n---\n# A\n\nwords:\n- one\n- two\n"
    page = tmp_path / "a.html"
    page.write_text("<article x><h1 id='a'>A</h1><p>words: - one - two</p></article>")
    found = list(differences({"a.md": text}, tmp_path))
    assert found == [
        "a.md: 2 <li> by CommonMark, 0 in the site",
        "a.md: 1 <ul> by CommonMark, 0 in the site",
    ]
    page.write_text("<article><h1>A</h1><p>words:</p><ul><li>one</li><li>two</li></ul></article>")
    assert list(differences({"a.md": text}, tmp_path)) == []
