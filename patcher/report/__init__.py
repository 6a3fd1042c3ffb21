"""Reports: an outcome in, text out."""
