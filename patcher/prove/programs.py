"""The real programs, found when the first thing is to be put to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from patcher.prove.compose_program import Compose, find_compose
from patcher.prove.nginx import Tester
from patcher.prove.nginx_image import ImageNginx, image_nginx
from patcher.prove.nginx_program import LocalNginx, find_nginx
from patcher.prove.nginx_view import View
from patcher.prove.private import CannotRun


@dataclass
class Programs:
    """Compose and nginx, those at the paths given or those of this machine, each found once.

    `folder` is a private directory. Both functions raise CannotRun where there is none.
    """

    folder: Path
    compose_path: str | None = None
    nginx_path: str | None = None
    _compose: Compose | CannotRun | None = None
    _nginx: LocalNginx | CannotRun | None = None
    _own: dict[str, ImageNginx | None] = field(default_factory=dict)

    def compose(self) -> Compose:
        """Return the Compose to ask."""
        if self._compose is None:
            try:
                self._compose = find_compose(self.compose_path, self.folder)
            except CannotRun as error:
                self._compose = error
        if isinstance(self._compose, CannotRun):
            raise self._compose
        return self._compose

    def nginx(self, view: View) -> Tester:
        """Return the nginx to ask about a configuration: of the stack's own image, if it can be."""
        if self.nginx_path is None and (own := self._of_image(view.image)) is not None:
            return own
        if self._nginx is None:
            try:
                self._nginx = find_nginx(self.nginx_path, self.folder)
            except CannotRun as error:
                self._nginx = error
        if isinstance(self._nginx, CannotRun):
            raise self._nginx
        return self._nginx

    def _of_image(self, image: str) -> ImageNginx | None:
        if image not in self._own:
            self._own[image] = image_nginx(image, self.folder)
        return self._own[image]
