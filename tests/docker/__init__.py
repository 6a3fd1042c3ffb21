"""The Docker lab: the incident and its remedies on a real Docker Engine; `python -m tests.docker`.

Nothing is pulled: the images are built from Debian's packages. docs/docker-lab.md says what is
needed, what is measured and what is left behind (nothing).
"""
