"""Typed, read-only views of a stack; every view keeps its node, so every finding has a place."""
