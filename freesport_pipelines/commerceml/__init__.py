"""CommerceML 3.1 readers: bytes of one exchange file in, typed records of `freesport_pipelines.domain` out.

Belongs here: the shape of each kind of file, its dialects, and everything that can be wrong with a file as a file.
Does not belong here: what a value means (numbers, sentinels, references), databases, folders, Dagster.
"""
