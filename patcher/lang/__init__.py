"""Lossless syntax layers: exact spans in, splices out; they know neither Compose nor rules."""
