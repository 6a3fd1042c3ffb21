"""nginx configurations: the files that a container sees, their scopes, and what they proxy to."""
