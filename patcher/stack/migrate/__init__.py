"""Database migrations: whether and how an application runs them, and the job that would."""
