"""Does it add up? Every rouble of the register is somewhere, and what other registers say otherwise is listed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.attribution import AMBIGUOUS
from freesport_pipelines.profiles.cross_checks import against_balances, against_journal
from freesport_pipelines.profiles.differences import difference
from freesport_pipelines.profiles.frames import NOBODY, SALES, read, roubles
from freesport_pipelines.profiles.ledger import Bucket, Ledger
from freesport_pipelines.profiles.recorders import Role


@dataclass(frozen=True)
class Reconciliation:
    """What was found. Subjects are 1C ids, never names or phones."""

    totals: dict[str, Decimal]
    """profiles (lifetime revenue less card_openings), anonymous, excluded, dropped_reports, later: these five make the
    register. card_openings: opening balances that only the card register has. inactive_rows is a count."""
    left_over: Decimal
    """register less the five; anything but 0 is a defect of this software."""
    recorder_types: pd.DataFrame
    """recorder_type, role, documents, amount: of every type in the register of sales."""
    unknown_types: pd.DataFrame
    """Those of `recorder_types` that are on no list, or not published: they count, by their sign."""
    differences: pd.DataFrame
    """check, subject, expected, found: everything that somebody should look at. Money, except for duplicate lines."""

    @property
    def is_exact(self) -> bool:
        """Is every kopeck of the register accounted for?"""
        return self.left_over == 0


def reconcile(ledger: Ledger, profiles: pd.DataFrame) -> Reconciliation:
    """Compare the profiles with the registers, the journal and the balances.

    Journal and registers must cover the same time, or what only one covers is listed as a difference.
    """
    totals = _totals(ledger, profiles)
    parts = ("profiles", "anonymous", "excluded", "dropped_reports", "later")
    types = _recorder_types(ledger)
    found = pd.concat(list(_differences(ledger)), ignore_index=True)
    for name in ("expected", "found"):
        values = found.pop(f"{name}_kopecks").tolist()
        found[name] = [None if value is pd.NA else roubles(value) for value in values]
    return Reconciliation(
        totals,
        totals["register"] - sum((totals[part] for part in parts), Decimal(0)),
        types,
        types[types["role"] == Role.UNKNOWN.name.lower()].reset_index(drop=True),
        found.sort_values(["check", "subject"], ignore_index=True),
    )


def _totals(ledger: Ledger, profiles: pd.DataFrame) -> dict[str, Decimal]:
    sales = read(ledger.tables.sales, SALES)
    of_register = ledger.lines[~ledger.lines["is_from_cards"]]
    in_bucket = of_register.groupby("bucket")["kopecks"].sum()
    from_cards = ledger.in_bucket(Bucket.PROFILE)
    openings = roubles(from_cards["kopecks"][from_cards["is_from_cards"]].sum())
    return {
        "register": roubles(sales["amount_kopecks"][sales["is_active"]].sum()),
        "profiles": sum(profiles["lifetime_revenue"], Decimal(0)) - openings,
        "anonymous": roubles(in_bucket.get(Bucket.ANONYMOUS, 0)),
        "excluded": roubles(in_bucket.get(Bucket.EXCLUDED, 0)),
        "dropped_reports": roubles(in_bucket.get(Bucket.DROPPED, 0)),
        "later": roubles(in_bucket.get(Bucket.LATER, 0)),
        "card_openings": openings,
        "inactive_rows": Decimal(int((~sales["is_active"]).sum())),
    }


def _recorder_types(ledger: Ledger) -> pd.DataFrame:
    sold = ledger.documents[ledger.documents["is_sold"]]
    sums = sold.groupby(["recorder_type", "role"], dropna=False)["kopecks"].agg(["size", "sum"]).reset_index()
    names = [name if isinstance(name, str) else None for name in sums["recorder_type"]]
    return pd.DataFrame(
        {
            "recorder_type": pd.Series(names, dtype=object),
            "role": [Role(role).name.lower() for role in sums["role"]],
            "documents": sums["size"],
            "amount": [roubles(kopecks) for kopecks in sums["sum"]],
        }
    )


def _differences(ledger: Ledger) -> Iterator[pd.DataFrame]:
    yield _shift_reports(ledger)
    yield from _documents(ledger)
    yield _duplicate_lines(ledger)
    yield _cards_of_several_owners(ledger)
    extra = ledger.only_in_cards.groupby("recorder")["amount_kopecks"].sum()
    yield difference("only_in_card_register", extra.index, None, extra.to_numpy())
    yield against_journal(ledger)
    yield against_balances(ledger)


def _shift_reports(ledger: Ledger) -> pd.DataFrame:
    shifts = ledger.shift_differences
    days = np.datetime_as_string(shifts["day"].to_numpy(np.int64).astype("datetime64[D]"))
    stores = np.append(ledger.stores.to_numpy(), "no store")[shifts["store"].to_numpy(np.int64)]
    subjects = [f"{store} {day}" for store, day in zip(stores, days, strict=True)]
    return difference("shift_report", subjects, shifts["receipts_kopecks"], shifts["reports_kopecks"])


def _documents(ledger: Ledger) -> Iterator[pd.DataFrame]:
    documents, lines = ledger.documents[ledger.documents["is_sold"]], ledger.lines
    customers = lines[~lines["is_from_cards"] & (lines["owner"] != NOBODY)].groupby("document")["owner"].max()
    buyer = customers.reindex(documents.index, fill_value=NOBODY)
    undated = documents.index.isin(lines["document"][~lines["is_dated"]])
    masks = {
        "receipt_of_several_holders": documents["holder"] == AMBIGUOUS,
        "customer_is_not_card_holder": (documents["holder"] >= 0) & (buyer != NOBODY) & (buyer != documents["holder"]),
        "positive_return": (documents["role"] == Role.RETURN) & (documents["kopecks"] > 0),
        "undated_document": undated,
    }
    for check, mask in masks.items():
        listed = documents[mask]
        yield difference(check, listed["recorder"], None, listed["kopecks"])


def _duplicate_lines(ledger: Ledger) -> pd.DataFrame:
    of_register = ledger.lines[~ledger.lines["is_from_cards"]]
    twice = of_register[of_register.duplicated(["document", "line_number"])]
    sums = twice.groupby("document")["kopecks"].sum()
    return difference("duplicate_line", ledger.documents["recorder"][sums.index], None, sums.to_numpy())


def _cards_of_several_owners(ledger: Ledger) -> pd.DataFrame:
    owners = ledger.people.cards.groupby("card").size()
    cards = owners.index[owners > 1].to_numpy(np.int64)
    return difference("card_of_several_owners", ledger.people.ids.to_numpy()[cards], None, None)
