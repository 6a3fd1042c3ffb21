"""What is known of one service beyond its compose entry: its image, its files, how it starts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from patcher.errors import UserError
from patcher.lang.dockerfile import Command, FinalStage, parse
from patcher.records import dataclass
from patcher.stack.compose.configs import Config
from patcher.stack.compose.dotenv import parse_env, parse_raw
from patcher.stack.compose.service import Service
from patcher.stack.files import Files
from patcher.stack.image.healthcheck import Family, ImageFacts, NoProbe, Probe, family_of, probe_for
from patcher.stack.problem import Problems
from patcher.stack.settings import CheckSettings
from patcher.stack.start.container import ContainerFiles, container_files
from patcher.stack.start.start import Invocation, Start
from patcher.text import Span


@dataclass(frozen=True, eq=False)
class Facts:
    """The facts of a service; what cannot be read is noted in `problems` once."""

    service: Service
    files: Files
    problems: Problems
    configs: tuple[Config, ...] = ()

    @cached_property
    def stage(self) -> FinalStage | None:
        """The final stage of the service's Dockerfile, where it is built from one we can read."""
        build = self.service.build
        if build is None or build.dockerfile is None:
            return None
        path, target, args = build.dockerfile, build.target, build.args
        source = self.problems.attempt(lambda: self.files.read(path))
        if source is None:
            return None
        return self.problems.attempt(lambda: parse(source, target=target, args=args))

    @cached_property
    def base_image(self) -> str:
        """The image that the container's programs come from, empty where that is not known."""
        if self.service.build is not None:
            return self.stage.image if self.stage else ""
        return self.service.image or ""

    @cached_property
    def family(self) -> Family | None:
        """The image's family, None where it is not known."""
        return family_of(self.base_image, self.stage) if self.base_image else None

    @cached_property
    def container(self) -> ContainerFiles:
        """The container's file system as far as the project holds it."""
        configs = tuple((one.target, one.path) for one in self.configs)
        return container_files(self.files, self.service, self.stage, self._stage_named, configs)

    def _stage_named(self, name: str) -> FinalStage | None:
        """Return another stage of the Dockerfile; None for an image of its own."""
        if self.stage is None or self.service.build is None:
            return None
        try:
            return parse(self.stage.source, target=name, args=self.service.build.args)
        except UserError:
            return None

    @cached_property
    def env_file_values(self) -> Mapping[str, str]:
        """What the service's `env_file:` sets."""
        found: dict[str, str] = {}
        own = {name: one for name, one in self.service.environment.items() if one is not None}
        outer = {**own, **self.service.variables}
        for one in self.service.env_files:
            source = self.problems.attempt(lambda path=one.path: self.files.read(path))  # type: ignore[misc]
            if source is not None:
                text = source.text
                found |= parse_raw(text) if one.raw else parse_env(text, outer, found)
        return found

    @cached_property
    def environment(self) -> dict[str, str | None]:
        """The container's environment: image, `env_file:`, `environment:`, the last strongest."""
        image = dict(self.stage.env) if self.stage else {}
        return {**image, **self.env_file_values, **self.service.environment}

    @cached_property
    def start(self) -> Start:
        """How the container starts: compose's entrypoint and command over the Dockerfile's."""
        stage = self.stage
        entrypoint = self._compose("entrypoint")
        command = self._compose("command")
        if stage is not None:
            if command is None and entrypoint is None:
                command = _invocation(stage, stage.cmd)
            entrypoint = entrypoint or _invocation(stage, stage.entrypoint)
        workdir = self.service.text("working_dir") or (stage.workdir if stage else "/")
        image = self.base_image.lower()
        return Start(entrypoint, command, workdir, self.container, image, self.environment)

    def _compose(self, key: str) -> Invocation | None:
        value, words = self.service.get(key), self.service.words(key)
        if value is None or words is None:
            return None
        span = Span(value.entry.value.start, value.entry.value.end)
        return Invocation(words, False, value.tree.source, span)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words that the container runs, entrypoint first, a shell form as `sh -c TEXT`."""
        found = (self.start.entrypoint, self.start.command)
        return tuple(word for one in found if one is not None for word in _words(one))

    def probe(
        self,
        proxied_ports: tuple[int, ...],
        nginx_text: str | None,
        told: CheckSettings = CheckSettings(),  # noqa: B008 - frozen
    ) -> Probe | NoProbe:
        """Return the health check that is certain to work here, or why there is none.

        `nginx_text` holds all nginx files of the service, where it has any; `told` is what the
        settings say.
        """
        if not self.base_image:
            reason = "its image is not known: the project holds no Dockerfile that can be read"
            return NoProbe(reason, "add a health check with a program that the image has")
        return probe_for(
            ImageFacts(
                image=self.base_image,
                stage=self.stage,
                command=self.words,
                environment=self.environment,
                proxied_ports=proxied_ports,
                container_ports=self.service.container_ports,
                host_network=self.service.network_mode not in (None, "bridge"),
                config_text=nginx_text or self._config_text(),
                told_port=told.port,
                told_path=told.path,
            )
        )

    def _config_text(self) -> str | None:
        """Return the configuration file that the command names, or that is mounted."""
        targets = [word for word in self.words if word.endswith((".conf", ".cnf"))]
        for path in targets:
            source = self.problems.attempt(lambda path=path: self.container.read(path))  # type: ignore[misc]
            if source is not None:
                return source.text
        return None


def _invocation(stage: FinalStage, command: Command | None) -> Invocation | None:
    if command is None:
        return None
    return Invocation(command.words, not command.exec, stage.source, command.span)


def _words(invocation: Invocation) -> tuple[str, ...]:
    return ("sh", "-c", *invocation.words) if invocation.shell else invocation.words
