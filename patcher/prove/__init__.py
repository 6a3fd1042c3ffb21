"""The real programs asked: `docker compose config` and `nginx -t`, in private directories."""
