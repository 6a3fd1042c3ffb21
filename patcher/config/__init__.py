"""The operator's settings: read from a file, checked, and told where each comes from."""
