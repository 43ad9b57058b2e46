"""Dagster's own storage. Put nothing else here: dagster.yaml loads it before anything of ours is configured."""
