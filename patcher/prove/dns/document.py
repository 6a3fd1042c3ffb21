"""The lab's results for programs to read; docs/dns-lab.md describes the format."""

from __future__ import annotations

from json import dumps
from typing import Any, Final

from patcher import __version__
from patcher.prove.dns.places import Place
from patcher.prove.dns.result import Results, Run, Trial

FORMAT: Final = 1
"""The version of the format; it grows when something is renamed, removed or means another thing."""


def document(results: Results) -> str:
    """Return the results of all trials; times are the stack's, in seconds."""
    told = {
        "format": FORMAT,
        "hanna_fix": __version__,
        "nginx": results.version,
        "scale": results.pace.scale,
        "trials": [_trial(one) for one in results.trials],
    }
    # ASCII only: nothing of a repository's text reaches a terminal as a control character
    return dumps(told, indent=2) + "\n"


def _trial(one: Trial) -> dict[str, Any]:
    return {
        "nginx": one.nginx,
        "stage": one.stage.value,
        "cannot": one.cannot,
        "asked": [_place(place) for place in one.asked],
        "not_asked": [{**_place(each.place), "reason": each.reason} for each in one.skipped],
        "not_read": list(one.unread),
        "empty_variables": list(one.empty),
        "scenarios": [_run(run) for run in one.runs],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"location": place.title, "path": place.path, "line": place.line}


def _run(run: Run) -> dict[str, Any]:
    return {
        "scenario": run.scenario.value,
        "requests": run.requests,
        "answered": run.answered,
        "failed": run.failed,
        "found_again": run.found_again,
        "not_started": run.refused,
        "errors": run.errors,
    }
