"""MariaDB: one server on each control node, and the job that makes every database."""
