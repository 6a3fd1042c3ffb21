"""What `branch` does: commits on a branch, pushes it, and opens a pull request for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from patcher.cli_options import NOTHING_MORE, Options, Wanted
from patcher.cli_prove_options import ProveOptions
from patcher.deliver import check_deliverable, finish, of_parts, repository_prefix
from patcher.errors import UserError
from patcher.output import check_writable, tell, write, write_file
from patcher.parts import Chooser, Part, outcome_of
from patcher.proving import engine
from patcher.proving import proving as start_proving
from patcher.records import dataclass
from patcher.report.formats import Format
from patcher.work import Work, root_of

if TYPE_CHECKING:
    from git import Repo

    from patcher.sink.git import Branch, RevisionTree
    from patcher.sink.git_update import Standing
    from patcher.sink.hosting import Hosted

_STDOUT = "-"


@dataclass(frozen=True, slots=True)
class BranchRequest:
    """What `branch` is asked for.

    `base` is the revision to start from, `push` the remote to push to, `pull_request` whether to
    open or update one there, `body` the file to write its text to.
    """

    name: str
    base: str
    per_rule: bool = False
    interactive: bool = False
    update: bool = False
    push: str | None = None
    pull_request: bool = False
    body: str | None = None

    def check(self, options: Options, wanted: Wanted) -> None:
        """Raise UserError for what does not go together, or cannot be written."""
        if self.pull_request and self.push is None:
            todo = "name a remote: --push origin"
            raise UserError("--pr needs the branch at the remote", todo=todo)
        if self.body == _STDOUT and options.format is not Format.TEXT and wanted.output is None:
            todo = "write one into a file: --body FILE or -o FILE"
            raise UserError("the body and the report would both be printed", todo=todo)
        if self.body not in (None, _STDOUT):
            check_writable(self.body or "")


@dataclass(frozen=True, slots=True)
class _Run:
    """A request with what is known before anything is committed."""

    repo: Repo
    prefix: str
    base: str
    options: Options
    request: BranchRequest
    standing: Standing | None
    hosted: Hosted | None

    def tree(self, folder: str) -> RevisionTree:
        """Return the files of the base commit in a directory of the project."""
        from patcher.sink.git import RevisionTree

        return RevisionTree(self.repo, self.base, self.prefix + (f"{folder}/" if folder else ""))


def branch(
    options: Options,
    request: BranchRequest,
    proving: ProveOptions,
    wanted: Wanted = NOTHING_MORE,
) -> int:
    """Commit the fixes on a branch, made from the base commit's own files."""
    from patcher.sink.git import open_repository

    check_deliverable(options, wanted)
    request.check(options, wanted)
    ask = _chooser(options, request)
    root = root_of(options)
    repo = open_repository(root)
    try:
        run = _prepare(repo, options, request)
        with start_proving(proving) as session:
            work = Work(root, options, run.tree, engine(session), ask)
            parts = work.parts()
        if outcome_of(parts).changes:
            _make(run, work, parts)
    finally:
        repo.close()
    return finish(work, parts, options, wanted)


def _chooser(options: Options, request: BranchRequest) -> Chooser | None:
    if not request.interactive:
        return None
    from patcher.run_choose import asked

    return asked(options)


def _prepare(repo: Repo, options: Options, request: BranchRequest) -> _Run:
    """Find out all that could refuse the request, before the stacks are looked at."""
    from patcher.sink.git import check_can_commit, project_prefix, resolve_commit

    prefix = project_prefix(root_of(options))
    base = resolve_commit(repo, request.base)
    known = hosted = None
    if request.pull_request:
        hosted = _hosted(repo, request.push or "")
    if request.update:
        from patcher.sink.git_update import standing

        known = standing(repo, request.name, base, request.push)
    elif request.interactive:
        check_can_commit(repo, request.name)
    return _Run(repo, prefix, base, options, request, known, hosted)


def _hosted(repo: Repo, remote: str) -> Hosted:
    from patcher.sink.git_push import remote_urls
    from patcher.sink.hosting import hosted

    return hosted(remote_urls(repo, remote), os.environ)


def _make(run: _Run, work: Work, parts: tuple[Part, ...]) -> None:
    made = _commit(run, parts)
    _tell_branch(run, made)
    _push(run, made)
    request = run.request
    if request.body is None and not request.pull_request:
        return
    body = _body(work, parts, made)
    if request.body == _STDOUT:
        write(body)
    elif request.body is not None:
        write_file(request.body, body)
    if run.hosted is not None:
        _open(run, run.hosted, parts, body)


def _commit(run: _Run, parts: tuple[Part, ...]) -> Branch:
    from patcher.plan import one_commit, one_commit_a_rule
    from patcher.sink.git import commit_branch

    plan = one_commit_a_rule if run.request.per_rule else one_commit
    commits = plan(parts, run.options)
    if run.standing is None:
        return commit_branch(run.repo, run.prefix, run.request.name, run.base, commits)
    from patcher.sink.git_update import update_branch

    return update_branch(run.repo, run.prefix, run.standing, commits)


def _push(run: _Run, made: Branch) -> None:
    remote = run.request.push
    if remote is None:
        return
    if run.standing is None:
        from patcher.sink.git import push

        push(run.repo, remote, made.name)
        return
    from patcher.sink.git_update import push_update

    if not push_update(run.repo, remote, run.standing, made):
        _say(run, f"{made.name}: {remote} has it already")


def _body(work: Work, parts: tuple[Part, ...], made: Branch) -> str:
    from patcher.report.pull_request import Commits, body

    # the reader of the body sees the files from the top of the repository
    prefix = repository_prefix(work.root)
    report = of_parts(work, parts, NOTHING_MORE, written=False, prefix=prefix)
    return body(report, Commits(made.base, made.commits))


def _open(run: _Run, hosted: Hosted, parts: tuple[Part, ...], body: str) -> None:
    from patcher.report import message
    from patcher.sink.git_repository import branch_of, top_of
    from patcher.sink.pull_request import PullRequest, open_or_update, program_for

    request = run.request
    base = branch_of(run.repo, request.base, request.push or "")
    wanted = PullRequest(request.name, base, message.title(outcome_of(parts).fixed), body)
    program = program_for(hosted.kind, top_of(run.repo))
    if program is None:
        page = hosted.page(wanted.branch, wanted.base, wanted.title)
        _say(run, f"there is no {hosted.kind.value} here; open the {hosted.kind.request} at {page}")
        return
    opened = open_or_update(program, hosted, wanted)
    done = "updated" if opened.was_open else "opened"
    _say(run, f"{hosted.kind.request} {done}: {opened.url}")


def _tell_branch(run: _Run, made: Branch) -> None:
    if run.options.quiet or run.options.format is not Format.TEXT:
        return
    led = f"{made.tip[:12]} on {made.base[:12]}"
    if made.was == made.tip:
        _say(run, f"{made.name}: {led}, as it was")
    elif made.was is not None:
        _say(run, f"{made.name}: {led}, was {made.was[:12]}")
    else:
        _say(run, f"{made.name}: {led}")


def _say(run: _Run, line: str) -> None:
    """Print a result on standard output, or beside what else is printed there."""
    from patcher.errors import brief

    if run.options.format is Format.TEXT and run.request.body != _STDOUT:
        write(f"{brief(line)}\n")
    else:
        tell(line)
