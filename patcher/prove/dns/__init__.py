"""The DNS lab: the stack's own nginx on loopback, with name servers like those in production."""
