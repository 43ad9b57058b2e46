"""The exchange room: the folder 1C writes to, claims, drops, manifests and the archive.

Belongs here: everything that happens to files before somebody reads what is in them. Does not belong here:
Dagster, SQL, and the meaning of a packet (`commerceml`). All paths are `UPath`, so that `file://`, `sftp://`
and `s3://` exchange folders work alike.
"""
