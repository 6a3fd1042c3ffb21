"""The documentation, as the tests read it and run its commands."""
