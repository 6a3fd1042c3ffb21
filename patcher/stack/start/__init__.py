"""How containers start: commands, and the scripts that they run in turn."""
