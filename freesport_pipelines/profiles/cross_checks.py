"""What the journal of receipts and the balances of points say beside the registers."""

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.differences import difference
from freesport_pipelines.profiles.documents import known_types
from freesport_pipelines.profiles.frames import BALANCES, JOURNAL, Ints, numbered, read
from freesport_pipelines.profiles.ledger import Ledger
from freesport_pipelines.profiles.loyalty import card_balances
from freesport_pipelines.profiles.recorders import PREFIX

DOCUMENT = ["recorder", "recorder_type"]


def against_journal(ledger: Ledger) -> pd.DataFrame:
    """Documents whose amount in the journal is not that of the register, whatever the sign.

    A document that is not posted, or is marked for deletion, should have no rows. Documents of types that the
    journal does not know are not expected in it.
    """
    if ledger.tables.journal is None:
        return difference("journal", [], [], [])
    journal = read(ledger.tables.journal, JOURNAL)
    is_valid = journal["is_posted"].astype(bool) & ~journal["is_marked"].astype(bool)
    said = pd.DataFrame(
        {
            "recorder": journal["ref"],
            "recorder_type": _bare(journal["ref_type"]),
            "expected": journal["amount_kopecks"].abs().where(is_valid, 0),
        }
    )
    sold = ledger.documents[ledger.documents["is_sold"]]
    known = sold.assign(recorder_type=_bare(sold["recorder_type"]), found=sold["kopecks"].abs())[[*DOCUMENT, "found"]]
    said["recorder_type"], known["recorder_type"] = _types_of_both(said, known)
    known = known[known["recorder_type"].isin(said["recorder_type"])]
    both = said.merge(known, on=DOCUMENT, how="outer", indicator=True)
    both[["expected", "found"]] = both[["expected", "found"]].fillna(0)
    is_missing = (both["_merge"] == "right_only") | (both["expected"] != both["found"])
    differing = both[is_missing]
    return difference("journal", differing["recorder"], differing["expected"], differing["found"])


def _types_of_both(said: pd.DataFrame, known: pd.DataFrame) -> tuple[Ints, Ints]:
    """The types by number: where one side is published without them, those of the other."""
    _, recorders = numbered(said["recorder"], known["recorder"])
    _, types = numbered(said["recorder_type"], known["recorder_type"])
    found = known_types(np.concatenate(recorders), np.concatenate(types))
    return found[: len(said)], found[len(said) :]


def _bare(types: pd.Series) -> pd.Series:
    return types.astype(object).where(types.notna(), "").map(lambda name: name.removeprefix(PREFIX))


def against_balances(ledger: Ledger) -> pd.DataFrame:
    """Cards whose points, added up from the movements, are not what 1C says.

    Both at the moment of the balances, whatever `as_of`: what was 1C's own balance in the past, nobody has asked.
    """
    tables = ledger.tables
    if tables.loyalty is None or tables.balances is None:
        return difference("loyalty_balance", [], [], [])
    balances = read(tables.balances, BALANCES)
    expected = balances.groupby("card_onec_id")["balance_kopecks"].sum()
    moment = balances["at"].dropna().max() if balances["at"].notna().any() else ledger.as_of
    found = card_balances(tables.loyalty, moment, ledger.rules.loyalty_sign)
    both = pd.DataFrame({"expected": expected, "found": found}).fillna(0).astype(np.int64)
    differing = both[both["expected"] != both["found"]]
    return difference("loyalty_balance", differing.index, differing["expected"], differing["found"])
