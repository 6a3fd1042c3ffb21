"""What a rule is: one file, one fault, its documentation and its check."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Severity
from patcher.records import dataclass
from patcher.stack.stack import Stack


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; `docs` is its module's docstring, with the headings that test_meta.py requires.

    One that is not `default` runs only where it is selected, by its id or by ALL.
    """

    id: str
    severity: Severity
    fixable: Fixable
    check: Callable[[Stack], Iterator[Finding]]
    docs: str
    default: bool = True

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.docs.strip().splitlines()[0]

    @classmethod
    def of(
        cls,
        module: str,
        docs: str | None,
        severity: Severity,
        fixable: Fixable,
        check: Callable[[Stack], Iterator[Finding]],
        *,
        default: bool = True,
    ) -> Rule:
        """Make the rule of a module: `patcher.rules.implicit_network` becomes implicit-network."""
        name = module.rpartition(".")[2].replace("_", "-")
        return cls(name, severity, fixable, check, docs or "", default)

    def finding(
        self, message: str, evidence: str, where: tuple[Location, ...], remedy: Fix | NoFix
    ) -> Finding:
        """Return a finding of this rule."""
        return Finding(self.id, self.severity, message, evidence, where, remedy)
