"""hanna-fix: proven, format-preserving fixes for Docker Compose stacks behind nginx."""

__version__ = "0.1.0"
