"""What each receipt is, by the role of its document and by its total (facts/odata 4, row 4)."""

import numpy as np

from freesport_pipelines.profiles.frames import Ints
from freesport_pipelines.profiles.recorders import Role


def kinds(roles: Ints, kopecks: Ints, thousandths: Ints) -> Ints:
    """SALE, RETURN, OPENING or REPORT per receipt; UNKNOWN types become one of the first two.

    A receipt with lines of both signs is what its total is. A total of zero (gifts, paid by bonuses) is judged by
    the quantity: goods went out, or were exchanged, so it is a sale; goods came back, so it is a return.
    """
    goes_back = (kopecks < 0) | ((kopecks == 0) & (thousandths < 0))
    by_total = np.where(goes_back, Role.RETURN, Role.SALE)
    return np.where(np.isin(roles, (Role.SALE, Role.UNKNOWN)), by_total, roles).astype(np.int64)
