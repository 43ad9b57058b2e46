"""freesport_pipelines keeps a shop's database in step with 1C. Start reading at `definitions.py` or docs/house.md."""
