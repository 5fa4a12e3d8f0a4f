"""The PyFlink job that keeps PostgreSQL's tables, and what starts, stops and rebuilds it."""
