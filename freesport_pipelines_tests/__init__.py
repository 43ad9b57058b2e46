"""Tests of freesport_pipelines; the folders mirror its rooms."""
