"""The lab's results as a table, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from patcher.errors import visible
from patcher.prove.dns.result import Pace, Results, Run, Scenario, Trial

_WIDTH: Final = 28
_SHOWN: Final = 5
_HEAD: Final = f"{'':<{_WIDTH}}{'requests':>9}{'answered':>10}{'failed':>8}  found again\n"


def table(results: Results) -> str:
    """Return the results of all trials."""
    pace = results.pace
    parts = [
        f"nginx {results.version} on loopback; ",
        f"a second of the lab stands for {pace.scale} seconds of the stack\n",
    ]
    for _, same in groupby(results.trials, lambda one: one.nginx):
        parts += ["\n", *_nginx(list(same), pace)]
    return "".join(parts)


def _nginx(trials: Sequence[Trial], pace: Pace) -> Iterator[str]:
    last = trials[-1]
    count = len(last.asked) + len(last.skipped)
    yield f"{visible(last.nginx)}: {len(last.asked)} of {count} proxied locations asked\n"
    if any(trial.runs for trial in trials):
        yield _HEAD
    for scenario in Scenario:
        runs = [run for trial in trials for run in trial.runs if run.scenario is scenario]
        if runs:
            yield f"{scenario}\n"
            yield from (line for run in runs for line in _run(run, pace))
    for trial in trials:
        if trial.cannot is not None:
            yield f"  {trial.stage}: cannot be tried: {visible(trial.cannot)}\n"
    yield from _notes(last)


def _run(run: Run, pace: Pace) -> Iterator[str]:
    counts = f"{run.requests:>9}{run.answered:>10}{run.failed:>8}"
    yield f"  {run.stage:<{_WIDTH - 2}}{counts}  {_found_again(run, pace)}".rstrip() + "\n"
    if run.refused is not None:
        yield f"      nginx does not start: {visible(run.refused)}\n"
        return
    for kind, count in sorted(run.errors.items()):
        yield f"{count:>9}x {kind}\n"


def _found_again(run: Run, pace: Pace) -> str:
    if run.scenario is Scenario.STEADY or run.refused is not None:
        return ""
    if run.found_again is None:
        return f"not within {pace.seconds(run.scenario)} s"
    return f"after {run.found_again:.0f} s"


def _notes(trial: Trial) -> Iterator[str]:
    if trial.skipped:
        yield "not asked:\n"
    for one in trial.skipped:
        where = f"{one.place.path}:{one.place.line}"
        yield f"  {visible(one.place.title)} ({visible(where)}): {visible(one.reason)}\n"
    if trial.unread:
        yield f"not in the project, so not in the lab: {visible(_shown(trial.unread))}\n"
    if trial.empty:
        names = _shown([f"${name}" for name in trial.empty])
        yield f"left empty, because nothing that the lab runs sets them: {visible(names)}\n"


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
