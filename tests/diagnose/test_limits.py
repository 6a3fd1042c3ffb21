"""The alarm, the throttle, and the time to begin at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from patcher.diagnose.limits import Alarm, Throttle, since
from patcher.errors import UserError

NOW = datetime(2025, 11, 21, 11, 0, 5, tzinfo=UTC)


def test_the_alarm_goes_off_above_its_limit() -> None:
    alarm = Alarm(2, None)
    assert [alarm.add(now) for now in (0, 1000, 2000)] == [False, False, True]
    assert Alarm(0, None).add(0)


def test_the_alarm_counts_within_its_window() -> None:
    alarm = Alarm(2, 10)
    rang = [alarm.add(now) for now in (0, 5, 11, 12, 20, 22)]
    assert rang == [False, False, False, True, True, True]
    assert not any(Alarm(2, 10).add(now) for now in range(0, 100, 6))


def test_the_throttle_counts_what_it_leaves_out() -> None:
    throttle = Throttle(2)
    passed = [throttle.passes(now) for now in (7.0, 7.1, 7.2, 7.9, 8.0)]
    assert passed == [True, True, False, False, True]
    assert throttle.told() == 2
    assert throttle.told() == 0


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("30s", "2025/11/21 10:59:35"),
        ("10m", "2025/11/21 10:50:05"),
        ("2h", "2025/11/21 09:00:05"),
        ("1d", "2025/11/20 11:00:05"),
        ("999999d", ""),
        ("2025/11/21 10:00:00", "2025/11/21 10:00:00"),
        ("2025-11-21T10:00", "2025/11/21 10:00"),
    ],
)
def test_since(text: str, begin: str) -> None:
    assert since(text, NOW) == begin


@pytest.mark.parametrize(
    "text", ["", "10", "m", "-5m", "10 minutes", "2025-11/21 10:00", "\u0661m"]
)
def test_since_refuses_what_it_does_not_understand(text: str) -> None:
    with pytest.raises(UserError, match="--since does not understand"):
        since(text, NOW)
