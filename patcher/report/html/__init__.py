"""The review page: a report as one self-contained HTML file."""

from patcher.report.html.page import render

__all__ = ["render"]
