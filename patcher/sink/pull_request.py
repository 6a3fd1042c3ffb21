"""Opens a pull or merge request, or updates the one that is open, through `gh` or `glab`.

Both programs hand requests on to the REST interface with the user's own credentials, which we
never see. They run outside of the repository, so that no configuration in it is read by them.

Sources: https://cli.github.com/manual/gh_api, https://docs.gitlab.com/cli/api/,
https://docs.github.com/en/rest/pulls/pulls, https://docs.gitlab.com/api/merge_requests/
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from patcher.errors import UserError
from patcher.records import dataclass
from patcher.sink.git_run import ENVIRONMENT, OF_ONE_REPOSITORY
from patcher.sink.hosting import Hosted, Kind

_SECONDS: Final = 120
_QUIET: Final = {
    "GH_PROMPT_DISABLED": "1",
    "GH_NO_UPDATE_NOTIFIER": "1",
    "NO_PROMPT": "1",
    "GLAB_CHECK_UPDATE": "false",
    "NO_COLOR": "1",
}
_JSON_TYPE: Final = "Content-Type: application/json"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What is asked for: the branch, the one it is to go into (None: the default one), the text."""

    branch: str
    base: str | None
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A request as it is open: its address, and whether it was open before."""

    url: str
    was_open: bool


def program_for(kind: Kind, top: Path) -> str | None:
    """Return the program for a kind of hosting, as PATH gives it; never one below `top`."""
    found = shutil.which(kind.value)
    if found is None or not Path(found).is_absolute():
        return None
    inside = top.resolve()
    is_inside = any(one.is_relative_to(inside) for one in (Path(found), Path(found).resolve()))
    return None if is_inside else found


def open_or_update(program: str, hosted: Hosted, wanted: PullRequest) -> Opened:
    """Open the request, or give the one that is open for the branch its new text.

    Requests from forks are not touched, and neither is the base of an open one. Raises UserError
    where the program fails, in its own words, with the page to do it by hand.
    """
    api = _Api(program, hosted, wanted)
    is_github = hosted.kind is Kind.GITHUB
    found = api.github_open() if is_github else api.gitlab_open()
    text = {"title": wanted.title, "body" if is_github else "description": wanted.body}
    if found is not None:
        method = "PATCH" if is_github else "PUT"
        return Opened(api.address(api.ask(method, f"{api.requests}/{found}", text)), was_open=True)
    base = wanted.base or api.default_branch()
    ends = ("head", "base") if is_github else ("source_branch", "target_branch")
    fields = {**text, ends[0]: wanted.branch, ends[1]: base}
    return Opened(api.address(api.ask("POST", api.requests, fields)), was_open=False)


@dataclass(frozen=True, slots=True)
class _Api:
    program: str
    hosted: Hosted
    wanted: PullRequest

    @property
    def project(self) -> str:
        path = self.hosted.path
        if self.hosted.kind is Kind.GITHUB:
            return f"repos/{path}"
        return f"projects/{quote(path, safe='')}"

    @property
    def requests(self) -> str:
        name = "pulls" if self.hosted.kind is Kind.GITHUB else "merge_requests"
        return f"{self.project}/{name}"

    def github_open(self) -> int | None:
        """Return the number of the open pull request from the branch of this very project."""
        owner = self.hosted.path.partition("/")[0]
        query = urlencode({"state": "open", "head": f"{owner}:{self.wanted.branch}"})
        return self._first(self.ask("GET", f"{self.requests}?{query}"), "number")

    def gitlab_open(self) -> int | None:
        """Return the number of the open merge request from the branch of this very project."""
        query = urlencode({"state": "opened", "source_branch": self.wanted.branch})
        found = self.ask("GET", f"{self.requests}?{query}")
        own = [
            one
            for one in (found if isinstance(found, list) else [])
            if isinstance(one, dict) and one.get("source_project_id") == one.get("project_id")
        ]
        return self._first(own, "iid")

    def _first(self, found: Any, key: str) -> int | None:
        if not isinstance(found, list):
            raise self.failed("its answer is no list")
        if not found:
            return None
        number = found[0].get(key) if isinstance(found[0], dict) else None
        if not isinstance(number, int):
            raise self.failed(f"its answer has no {key}")
        return number

    def default_branch(self) -> str:
        found = self.ask("GET", self.project)
        name = found.get("default_branch") if isinstance(found, dict) else None
        if not isinstance(name, str):
            raise self.failed("its answer has no default branch")
        return name

    def address(self, found: Any) -> str:
        """Return the address in an answer."""
        key = "html_url" if self.hosted.kind is Kind.GITHUB else "web_url"
        url = found.get(key) if isinstance(found, dict) else None
        if not isinstance(url, str):
            raise self.failed("its answer has no address")
        return url

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Any:
        """Send one request and return what the answer's JSON means."""
        arguments = ["api", "--hostname", self.hosted.host, "--method", method, path]
        if fields is not None:
            arguments += ["--header", _JSON_TYPE, "--input", "-"]
        output = self._run(arguments, b"" if fields is None else json.dumps(fields).encode())
        try:
            return json.loads(output)
        except ValueError:
            raise self.failed("its answer is no JSON") from None

    def _run(self, arguments: list[str], stdin: bytes) -> bytes:
        environment = {**os.environ, **ENVIRONMENT, **_QUIET}
        for name in OF_ONE_REPOSITORY:
            environment.pop(name, None)
        try:
            with tempfile.TemporaryDirectory(prefix="hanna-fix-") as outside:
                done = subprocess.run(  # noqa: S603 - no shell, the program is the user's own
                    [self.program, *arguments],
                    cwd=outside,
                    env=environment,
                    input=stdin,
                    capture_output=True,
                    check=False,
                    timeout=_SECONDS,
                )
        except subprocess.TimeoutExpired:
            raise self.failed("it does not answer") from None
        except OSError as error:
            raise self.failed((error.strerror or type(error).__name__).lower()) from None
        if done.returncode:
            raise self.failed(_last(done.stderr) or f"status {done.returncode}")
        return done.stdout

    def failed(self, saw: str) -> UserError:
        """Return what went wrong, and the way by hand."""
        wanted, kind = self.wanted, self.hosted.kind
        page = self.hosted.page(wanted.branch, wanted.base, wanted.title)
        message = f"{kind.value} did not open the {kind.request}: {saw}; the branch is pushed"
        return UserError(message, todo=f"open it by hand: {page}")


def _last(stderr: bytes) -> str:
    lines = [one.strip() for one in stderr.decode("utf-8", "replace").split("\n")]
    return next((one for one in reversed(lines) if one), "")
