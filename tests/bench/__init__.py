"""How fast the program is, beside what it cannot be faster than and beside its peers."""
