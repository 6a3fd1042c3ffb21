"""The options of the commands that can put their fixes to the real programs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from patcher.cli_help import PROOF
from patcher.cli_options import with_group


class Prove(StrEnum):
    """What is asked of the real programs.

    AUTO uses those that are there, and says what is not proven; REQUIRE ends with an error then.
    """

    AUTO = "auto"
    REQUIRE = "require"
    OFF = "off"


@dataclass(frozen=True)
class Programs:
    """Where the real programs are, as given."""

    compose: Annotated[
        str | None,
        typer.Option(
            "--compose", metavar="PATH", help="The docker-compose to ask.", rich_help_panel=PROOF
        ),
    ] = None
    nginx_bin: Annotated[
        str | None,
        typer.Option(
            "--nginx-bin", metavar="PATH", help="The nginx to ask.", rich_help_panel=PROOF
        ),
    ] = None


@dataclass(frozen=True)
class ProveOptions(Programs):
    """Whether and with what the fixes are proven."""

    prove: Annotated[
        Prove,
        typer.Option(
            "--prove",
            help="Put the fixes to the real Compose and nginx.",
            rich_help_panel=PROOF,
        ),
    ] = Prove.OFF


with_programs = with_group(Programs, "programs")
with_prove = with_group(ProveOptions, "proving")
