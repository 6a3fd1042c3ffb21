"""The documentation site: `python -m tests.site` builds it from docs/ into build/site."""
