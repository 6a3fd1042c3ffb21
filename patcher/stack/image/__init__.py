"""Images: their families, ports, and the health check that is certain to work in them."""
