"""The stack: all files of a project that matter, and the links between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property

from patcher.errors import UserError
from patcher.finding import Location
from patcher.lang import nginx_tree
from patcher.lang.model import Model, PlainModel
from patcher.lang.nginx_model import NginxModel
from patcher.lang.yaml_nodes import Tree
from patcher.records import dataclass
from patcher.stack.compose.configs import service_configs
from patcher.stack.compose.discover import choose
from patcher.stack.compose.project import Project, assemble
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import Wait
from patcher.stack.facts import Facts
from patcher.stack.files import Files, Patched, join
from patcher.stack.health import Health, Surroundings, health_of
from patcher.stack.ignore import Ignore, ignores, silences
from patcher.stack.links import Need, needs
from patcher.stack.nginx.embedded import Embedded
from patcher.stack.nginx.load import load_named, load_nginx
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.nginx.upstreams import Upstream, upstreams
from patcher.stack.problem import Problems
from patcher.stack.settings import Settings
from patcher.text import Source

_ENDED = "service_completed_successfully"


@dataclass(frozen=True)
class Request:
    """What the user asked to look at.

    `compose` and `nginx` are paths given by name; `environ` holds COMPOSE_FILE and
    COMPOSE_PATH_SEPARATOR where they are set; `directory` names the project directory.
    """

    compose: tuple[str, ...] = ()
    nginx: tuple[str, ...] = ()
    environ: Mapping[str, str] | None = None
    directory: str = ""


@dataclass(frozen=True, eq=False)
class Stack:
    """A project as read, with what could not be read; never changed, only patched into another.

    `changed` holds the sources that differ from what the project's own files hold.
    """

    files: Files
    request: Request
    settings: Settings
    project: Project
    facts: Mapping[str, Facts]
    nginx: tuple[Nginx, ...]
    problems: Problems
    warnings: tuple[str, ...]
    changed: Mapping[str, Source]
    _health: dict[str, Health] = field(default_factory=dict, repr=False)

    def patched(self, sources: Mapping[str, Source]) -> Stack:
        """Return the stack as it would be with other texts in some files."""
        changed = {**self.changed, **sources}
        base = self.files.base if isinstance(self.files, Patched) else self.files
        files = Patched(base, changed)
        return replace(load(files, self.request, self.settings), changed=changed)

    @cached_property
    def _trees(self) -> dict[str, Tree | nginx_tree.Tree]:
        services = self.project.services.values()
        # with the files that only `extends` names: their edits must be proven, too
        trees: list[Tree | nginx_tree.Tree] = [part.tree for one in services for part in one.parts]
        trees += [one.tree for one in self.project.documents]
        nginx = (tree for one in self.nginx for tree in one.trees())
        trees += [tree for tree in nginx if not isinstance(tree.source, Embedded)]
        return {tree.source.path: tree for tree in trees}

    @cached_property
    def ignores(self) -> tuple[Ignore, ...]:
        """Every comment to hanna-fix in the stack's files."""
        return ignores(self._trees.values())

    def is_ignored(self, rule: str, place: Location) -> bool:
        """Tell whether a comment silences a finding of `rule` at `place`."""
        tree = self.tree(place.path)
        return any(silences(comment, rule, place, tree) for comment in self.ignores)

    def tree(self, path: str) -> Tree | nginx_tree.Tree | None:
        """Return the parsed file, or None where it is no part of the stack."""
        return self._trees.get(path)

    @property
    def texts(self) -> tuple[str, ...]:
        """The paths of the compose and nginx files that the stack is made of, sorted."""
        return tuple(sorted(self._trees))

    @property
    def compose_paths(self) -> frozenset[str]:
        """The compose files that the stack is made of, without those that only `extends` names."""
        return frozenset(one.tree.source.path for one in self.project.documents)

    def model(self, path: str) -> Model | None:
        """Return the model of a file that the intent gate compares, or None where it has none."""
        tree = self.tree(path)
        if isinstance(tree, Tree):
            return PlainModel(tree.model)
        return None if tree is None else NginxModel(tree)

    @property
    def network_name(self) -> str | None:
        """The default network's name from the settings; None where {project} is not known."""
        name = self.settings.network
        if "{project}" not in name:
            return name
        project = self.project.name
        return name.replace("{project}", project) if project else None

    @cached_property
    def upstreams(self) -> tuple[Upstream, ...]:
        """Every host that an nginx of the stack hands requests to, in the order of the files."""
        return tuple(found for one in self.nginx for found in upstreams(one))

    def service_at(self, upstream: Upstream) -> Service | None:
        """Return the service that an upstream's host names, where Docker's DNS answers for it."""
        nginx = upstream.nginx
        return self.project.by_name(upstream.host, nginx.service) if nginx.has_docker_dns else None

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Who needs whom, by nginx's upstreams and by databases named in an environment."""
        proxied = [(one, found) for one in self.upstreams if (found := self.service_at(one))]
        return tuple(needs(self.project, self.facts, proxied))

    @cached_property
    def needs_of(self) -> Mapping[str, list[Need]]:
        """What each service needs, by its name, in the order of `needs`."""
        found: dict[str, list[Need]] = {}
        for need in self.needs:
            found.setdefault(need.service, []).append(need)
        return found

    @cached_property
    def jobs(self) -> frozenset[str]:
        """The services that others wait for to end: one-shot jobs."""
        return frozenset(one.service for one in self._waits if one.condition == _ENDED)

    @property
    def _waits(self) -> Iterator[Wait]:
        return (wait for one in self.project.services.values() for wait in one.waits.values())

    @cached_property
    def _waited_for(self) -> frozenset[str]:
        waited = {wait.service for wait in self._waits if wait.condition != _ENDED}
        return frozenset({*waited, *(need.target for need in self.needs)})

    def is_needed(self, name: str) -> bool:
        """Whether a service's health matters: another waits for it, or needs it."""
        return name in self._waited_for

    def health_of(self, name: str) -> Health:
        """Return the health of a service; of a one-shot job, or no service, nothing is known."""
        if name not in self._health:
            self._health[name] = self._health_of(name, needed=self.is_needed(name))
        return self._health[name]

    def health_if_needed(self, name: str) -> Health:
        """Return the health that a service would have if another one waited for it."""
        return self._health_of(name, needed=True)

    def _health_of(self, name: str, *, needed: bool) -> Health:
        if name not in self.facts or name in self.jobs:
            return Health()
        ports = (
            one.port
            for one in self.upstreams
            if one.port is not None and (found := self.service_at(one)) and found.name == name
        )
        proxied = tuple(dict.fromkeys(ports))
        trees = (tree for one in self.nginx if _is_of(one, name) for tree in one.trees())
        text = "\n".join(tree.source.text for tree in trees) or None
        told = self.settings.check(name)
        around = Surroundings(needed, proxied, text, told)
        return health_of(self.facts[name], around)


def _is_of(nginx: Nginx, name: str) -> bool:
    return nginx.service is not None and nginx.service.name == name


def load(files: Files, request: Request, settings: Settings) -> Stack:
    """Read a project; what cannot be read is noted in `problems` and does not stop the rest.

    Raises UserError where no compose file is found, or a path given by name lies outside.
    """
    problems = Problems()
    chosen = choose(files, request.compose, request.environ or {})
    project = assemble(files, chosen.paths, chosen.variables, problems, request.directory)
    facts = {
        name: Facts(one, files, problems, service_configs(project, one))
        for name, one in project.services.items()
    }
    nginx = [
        *(found for one in facts.values() if (found := _nginx(one, project))),
        *(found for path in request.nginx if (found := _named(path, files, problems))),
    ]
    return Stack(
        files,
        request,
        settings,
        project,
        facts,
        tuple(nginx),
        problems,
        chosen.warnings,
        {},
    )


def _nginx(facts: Facts, project: Project) -> Nginx | None:
    mounted = (mount.target for mount in facts.service.mounts)
    configs = (config.target for config in facts.configs)
    copied = (copy.destination for copy in facts.stage.copies) if facts.stage else ()
    paths = (*mounted, *configs, *copied)
    holds = any(name in path for path in paths for name in ("nginx", "angie"))
    is_nginx = facts.family is not None and facts.family.name == "nginx"
    if not (is_nginx or holds):
        return None
    found = load_nginx(facts)
    return found and replace(found, network_mode=project.network_mode(facts.service))


def _named(path: str, files: Files, problems: Problems) -> Nginx | None:
    inside = join("", path)
    if inside is None:
        todo = "give a path inside of the directory that -C names"
        raise UserError("lies outside of the project directory", todo=todo, path=path)
    return load_named(inside, files, problems)
