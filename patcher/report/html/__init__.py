"""The review page: an outcome as one self-contained HTML file."""

from patcher.report.html.page import Review, page

__all__ = ["Review", "page"]
