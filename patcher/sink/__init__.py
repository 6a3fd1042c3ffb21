"""Effects: writing files, committing to git."""
