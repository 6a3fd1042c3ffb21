"""Which project of which GitHub or GitLab a remote's address means, and the page for a new request.

Sources: git-clone(1), section "GIT URLS";
https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/using-query-parameters-to-create-a-pull-request;
https://docs.gitlab.com/user/project/merge_requests/creating_merge_requests/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from patcher.errors import UserError
from patcher.records import dataclass

_SCP: Final = re.compile(r"(?:[^@/:]+@)?([^@/:]+):(?!//)(.+)")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_PART: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9_.~+-]+")
# ssh over the port of HTTPS has a host of its own
_SSH_HOSTS: Final = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}
_MOST_PARTS: Final = 22  # GitLab nests groups up to 20 levels


class Kind(Enum):
    """A kind of hosting; the value is its command-line program."""

    GITHUB = "gh"
    GITLAB = "glab"

    @property
    def request(self) -> str:
        """What a proposed change is called there."""
        return "pull request" if self is Kind.GITHUB else "merge request"


@dataclass(frozen=True, slots=True)
class Hosted:
    """A project: the kind of its hosting, the host with a port where it has one, and its path."""

    kind: Kind
    scheme: str
    host: str
    path: str

    def page(self, branch: str, base: str | None, title: str) -> str:
        """Return the address at which a person opens the request; no base is the default branch."""
        top = f"{self.scheme}://{self.host}/{self.path}"
        if self.kind is Kind.GITHUB:
            compared = "...".join(quote(one, safe="/") for one in (base, branch) if one)
            query = urlencode({"expand": "1", "title": title}, quote_via=quote)
            return f"{top}/compare/{compared}?{query}"
        fields = {"source_branch": branch, "target_branch": base, "title": title}
        query = urlencode(
            {f"merge_request[{name}]": one for name, one in fields.items() if one},
            quote_via=quote,
        )
        return f"{top}/-/merge_requests/new?{query}"


def hosted(urls: Iterable[str], environ: Mapping[str, str]) -> Hosted:
    """Return the project that the first of `urls` means which names one; credentials are dropped.

    A host is known by its name, else by what GH_HOST, GITHUB_SERVER_URL, GITLAB_HOST or
    CI_SERVER_HOST says of it. Raises UserError where none is known.
    """
    seen: list[str] = []
    for url in urls:
        place = _place(url)
        if place is None:
            continue
        scheme, host, path = place
        kind = _kind(host, environ)
        if kind is not None and (kind is Kind.GITLAB or path.count("/") == 1):
            return Hosted(kind, scheme, host, path)
        seen.append(host)
    if not seen:
        raise UserError("the remote's address names no project on a server", todo="leave --pr out")
    todo = f"name the kind of server: GH_HOST={seen[0]} or GITLAB_HOST={seen[0]}"
    raise UserError(f"{seen[0]} is not known as a GitHub or GitLab", todo=todo)


def _place(url: str) -> tuple[str, str, str] | None:
    """Return scheme, host and path of the web pages behind a remote's address."""
    if "://" in url:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return None
        is_web = parts.scheme in ("http", "https")
        scheme, path = (parts.scheme if is_web else "https"), parts.path
        suffix = f":{port}" if port and is_web else ""
        if not is_web and parts.scheme not in ("ssh", "git+ssh", "ssh+git", "git"):
            return None
    elif found := _SCP.fullmatch(url):
        scheme, host, path, suffix = "https", found[1].lower(), found[2], ""
    else:
        return None
    names = path.strip("/").removesuffix(".git").split("/")
    is_path = 2 <= len(names) <= _MOST_PARTS and all(map(_PART.fullmatch, names))
    if not is_path or not _HOST.fullmatch(host):
        return None
    return scheme, _SSH_HOSTS.get(host, host) + suffix, "/".join(names)


def _kind(host: str, environ: Mapping[str, str]) -> Kind | None:
    for kind, names in (
        (Kind.GITHUB, ("GH_HOST", "GITHUB_SERVER_URL")),
        (Kind.GITLAB, ("GITLAB_HOST", "GL_HOST", "CI_SERVER_HOST", "CI_SERVER_URL")),
    ):
        told = (environ.get(name, "").lower().rpartition("://")[2].strip("/") for name in names)
        if host in told:
            return kind
    labels = host.partition(":")[0].split(".")
    if "github" in labels or labels[-2:] == ["ghe", "com"]:
        return Kind.GITHUB
    return Kind.GITLAB if "gitlab" in labels else None
