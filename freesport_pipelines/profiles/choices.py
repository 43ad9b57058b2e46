"""A text for each owner, chosen by the first condition that holds."""

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.object_]


def chosen(size: int, *cases: tuple[npt.ArrayLike, object]) -> Texts:
    """The value (one, or one per owner) of the first case whose mask is true; None where none is."""
    texts: Texts = np.full(size, None, dtype=object)
    for mask, value in reversed(cases):
        is_so = np.asarray(mask, dtype=bool)
        texts[is_so] = value[is_so] if isinstance(value, np.ndarray) else value
    return texts
