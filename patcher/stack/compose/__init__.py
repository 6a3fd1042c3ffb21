"""Compose projects: their files, as Compose finds, merges and reads them."""
