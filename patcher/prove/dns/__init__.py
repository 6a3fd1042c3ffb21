"""The DNS lab: the stack's own nginx on loopback, with name servers that answer as in production."""
