"""The engine: a stack in, an outcome out; no printing, no disk."""
