"""No document says how the database migrations are run.

## What it finds

An app of the stack with a migration framework and a database, and no document that mentions
migrating: neither a README, nor a file with `deploy` in its name, in the project directory or in
`docs`.

## Why it matters

In the incident the migrations had been made a manual step of the deployment, and no text said so: a
fresh deployment came up with an empty database. What has to be done by hand has to be written down.

## What the fix does on the next `up`

Nothing: it changes a document only. It adds a section to the document about deploying that there
is, else to the README, else it writes a new `DEPLOYMENT.md`. The section has the command of the
app's own framework for the app's own service.

## Fix safety

Unsafe, because it is text for people: read it before it is merged. A document that is not Markdown,
or that ends inside a code block or a comment, is left alone, and a new one is written beside it.

## References

- https://docs.docker.com/reference/cli/docker/compose/run/
- https://spec.commonmark.org/0.31.2/#atx-headings
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Final

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.patterns import regex
from patcher.rules.base import Rule
from patcher.stack.documents import NEW_DOCUMENT, can_take_a_section, deployment_documents
from patcher.stack.migrate.by_hand import Migrated, migrated_apps
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.text import Edit, Source

_TOLD: Final = regex(r"(?i)migrat|alembic|doctrine|db:(prepare|schema|push)|schema")
_WIDTH: Final = 80
_TIE: Final = "~"  # a space at which no line ends
_TITLE: Final = "## Database migrations\n\n"
_INTRODUCTION: Final = (
    "The tables in {databases} are made by migrations. Where no service of the compose file runs "
    "them, run them by hand: on a fresh database after the first `docker~compose~up~-d`, and after "
    "each deployment that brings new ones. Dump the database before: the way back from a migration "
    "is a restore."
)
_COMMAND: Final = """
{framework}, for `{service}`:

```sh
docker compose run --rm {arguments}
```
"""


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding where no document mentions the migrations of the stack's apps."""
    found = list(migrated_apps(stack))
    documents = deployment_documents(stack)
    if not found or any(_TOLD.search(one.text) for one in documents):
        return
    read = shown([one.path for one in documents])
    names = shown([one.main.name for one in found])
    yield RULE.finding(
        f"no document says how the migrations of {names} are run",
        f"read: {read}" if read else "there is no README, and no document named after deploying",
        (found[0].main.location,),
        _remedy(documents, found),
    )


def _remedy(documents: Sequence[Source], found: Sequence[Migrated]) -> Fix | NoFix:
    doubtful = next((one for one in found if one.doubt is not None), None)
    if doubtful is not None:
        by_hand = f"write down how the migrations of `{doubtful.main.name}` are run"
        return NoFix(doubtful.doubt or "", by_hand)
    section = _section(found)
    target = next((one for one in documents if can_take_a_section(one)), None)
    if target is None:
        if any(one.path == NEW_DOCUMENT for one in documents):
            return NoFix(f"{NEW_DOCUMENT} ends inside a code block or a comment", "close it")
        edits = (Edit(NEW_DOCUMENT, 0, 0, f"# Deployment\n\n{section}"),)
        title = f"write {NEW_DOCUMENT} with the commands"
    else:
        edits = (_appended(target, section),)
        title = f"add a section with the commands to {target.path}"
    return Fix(title, edits, "changes nothing", Safety.UNSAFE, "it is text for people: read it")


def _section(found: Sequence[Migrated]) -> str:
    databases = list(dict.fromkeys(name for one in found for name in one.databases))
    commands = (
        _COMMAND.format(
            framework=one.framework.name, service=one.main.name, arguments=one.arguments
        )
        for one in found
    )
    names = " and ".join(f"`{name}`" for name in databases)
    lines = fill(_INTRODUCTION.format(databases=names), _WIDTH).replace(_TIE, " ")
    return _TITLE + lines + "\n" + "".join(commands)


def _appended(document: Source, section: str) -> Edit:
    """Put the section behind all text, in the file's newlines; a missing last one stays missing."""
    text = document.text
    eol = document.eol
    body = section.replace("\n", eol)
    if text and not text.endswith(("\n", "\r")):
        return Edit(document.path, len(text), len(text), f"{eol}{eol}{body.removesuffix(eol)}")
    return Edit(document.path, len(text), len(text), f"{eol}{body}" if text else body)


RULE = Rule.of(__name__, __doc__, Severity.INFO, Fixable.SOMETIMES, check, default=False)
