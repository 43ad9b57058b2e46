"""A large register in small pieces: each text is kept once, however many rows have it."""

from collections.abc import Iterable

import pandas as pd


def gathered(chunks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One frame of all pieces, such as those of `pandas.read_sql(..., chunksize=...)`.

    A million rows need half the memory, because equal ids become one object.
    """
    seen: dict[str, str] = {}
    return pd.concat([_shared(chunk, seen) for chunk in chunks], ignore_index=True)


def _shared(chunk: pd.DataFrame, seen: dict[str, str]) -> pd.DataFrame:
    texts = [name for name in chunk if pd.api.types.is_object_dtype(chunk[name]) or chunk[name].dtype == "str"]
    return chunk.assign(
        **{
            name: pd.Series(
                [seen.setdefault(value, value) if isinstance(value, str) else value for value in chunk[name]],
                chunk.index,
                dtype=object,
            )
            for name in texts
        }
    )
