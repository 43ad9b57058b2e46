"""The `freesport` command: one module per group of commands. It runs the Dagster jobs and reads what they stored."""
