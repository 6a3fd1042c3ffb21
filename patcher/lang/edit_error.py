"""Why an edit cannot be made; the engine turns it into the reason that the user reads."""

from __future__ import annotations


class CannotEdit(Exception):  # noqa: N818 - an answer, not an error: the caller tells the reason
    """An edit that cannot be made certain; `reason` says why in words for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
