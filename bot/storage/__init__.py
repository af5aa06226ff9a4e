"""PostgreSQL: tables, migrations, the embedded server, the job queue."""
