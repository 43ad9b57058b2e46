"""Two sides edit one profile: only who changed something is heard, silence says nothing, the later word wins."""

from hypothesis import assume, given
from hypothesis import strategies as st

from freesport_pipelines.domain.customer_merge import PROFILE, Merged, Profile, as_told, is_same, merge

SAYS = {
    "email": ("a@example.test", "A@Example.Test", "b@example.test"),
    "phone": ("+70000000001", "8 (000) 000-00-01", "+70000000002"),
    "tax_id": ("0000000018", "00000 00018", "0000000026"),
    "kpp": ("000101001", "0001 01001", "000102001"),
}
NAMES = ("Условный край", " условный  КРАЙ", "Другой край")
"""Two spellings of one value, and another value."""
SILENCE = (None, "")


def spellings(name: str) -> tuple[str, ...]:
    return SAYS.get(name, NAMES)


nothing = st.sampled_from(SILENCE)
profiles = st.fixed_dictionaries({name: nothing | st.sampled_from(spellings(name)) for name in PROFILE})
bases = st.none() | profiles
switches = st.booleans()


def said(base: Profile | None, theirs: Profile, mine: Profile, *, later: bool = True, account: bool = False) -> Merged:
    return merge(base, theirs, mine, is_theirs_later=later, has_account=account)


# --- what always holds -----------------------------------------------------------------------------------------------


@given(bases, profiles, profiles, switches, switches)
def test_silence_never_wipes_a_value(base: Profile, theirs: Profile, mine: Profile, later: bool, account: bool) -> None:
    merged = said(base, theirs, mine, later=later, account=account)
    before, after, heard = as_told(mine), as_told(merged.values), as_told(theirs)
    for field in heard:
        if is_same(field, heard[field], None):
            assert after[field] == before[field]


@given(bases, profiles, profiles, switches, switches)
def test_values_of_one_meaning_are_no_conflict_and_no_change(
    base: Profile, theirs: Profile, mine: Profile, later: bool, account: bool
) -> None:
    merged = said(base, theirs, mine, later=later, account=account)
    before, after, heard = as_told(mine), as_told(merged.values), as_told(theirs)
    for field in heard:
        if is_same(field, heard[field], before[field]):
            assert after[field] == before[field]
            assert field not in (*merged.overruled, *merged.refused)


@given(bases, profiles, profiles, switches, switches)
def test_the_same_word_of_1c_again_changes_nothing(
    base: Profile, theirs: Profile, mine: Profile, later: bool, account: bool
) -> None:
    once = said(base, theirs, mine, later=later, account=account)
    again = said(theirs, theirs, once.values, later=later, account=account)
    assert again.values == once.values
    assert again.overruled == ()


@given(bases, profiles, profiles, switches)
def test_1c_never_replaces_the_email_of_an_account(base: Profile, theirs: Profile, mine: Profile, later: bool) -> None:
    assume(not is_same("email", mine["email"], None))
    assert said(base, theirs, mine, later=later, account=True).values["email"] == mine["email"]


@given(profiles, profiles)
def test_what_came_from_1c_is_not_sent_back(theirs: Profile, mine: Profile) -> None:
    """The shop has said nothing of its own: all it knows is what 1C said the last time."""
    merged = said(mine, theirs, mine)
    heard, after = as_told(theirs), as_told(merged.values)
    for field in heard:
        if not is_same(field, heard[field], None):
            assert is_same(field, after[field], heard[field])
    assert not merged.is_ahead


@given(profiles, profiles)
def test_what_1c_stops_saying_is_not_sent_back_either(theirs: Profile, mine: Profile) -> None:
    """Who deletes a wrong phone in 1C must not get it back from the shop, which has it from there."""
    assert not said(mine, theirs, mine).is_ahead


@given(bases, profiles, profiles, switches, switches)
def test_every_value_is_one_of_the_two_sides(
    base: Profile, theirs: Profile, mine: Profile, later: bool, account: bool
) -> None:
    merged = said(base, theirs, mine, later=later, account=account)
    assert set(merged.values) == set(mine)
    assert all((merged.values[name] or None) in (theirs[name] or None, mine[name] or None) for name in PROFILE)


# --- who is heard ----------------------------------------------------------------------------------------------------


def only(name: str, value: str | None) -> dict[str, str | None]:
    return {**dict.fromkeys(PROFILE), name: value}


def phones(base: str | None, theirs: str | None, mine: str | None, *, later: bool = True) -> Merged:
    return said(only("phone", base), only("phone", theirs), only("phone", mine), later=later)


def test_what_only_1c_has_changed_is_taken_over() -> None:
    assert phones("+70000000001", "+70000000002", "8 000 000 00 01", later=False).values["phone"] == "+70000000002"


def test_what_only_the_shop_has_changed_stands_and_is_to_be_told() -> None:
    merged = phones("+70000000001", "+70000000001", "+70000000003")
    assert (merged.values["phone"], merged.overruled, merged.is_ahead) == ("+70000000003", (), True)


def test_what_the_shop_has_emptied_is_not_filled_with_the_old_value_again() -> None:
    merged = phones("+70000000001", "+70000000001", None)
    assert merged.values["phone"] is None


def test_of_two_changes_the_later_wins_and_it_is_written_down() -> None:
    mine_later = phones("+70000000001", "+70000000002", "+70000000003", later=False)
    assert (mine_later.values["phone"], mine_later.overruled) == ("+70000000003", ("phone",))
    theirs_later = phones("+70000000001", "+70000000002", "+70000000003")
    assert (theirs_later.values["phone"], theirs_later.overruled) == ("+70000000002", ("phone",))


def test_what_the_shop_does_not_know_1c_fills_also_the_email_of_an_account() -> None:
    merged = said(None, only("email", "a@example.test"), only("email", None), account=True)
    assert (merged.values["email"], merged.refused, merged.is_ahead) == ("a@example.test", (), False)


def test_a_contradicted_email_of_an_account_is_asked_about_and_not_told_to_1c() -> None:
    merged = said(None, only("email", "a@example.test"), only("email", "b@example.test"), account=True)
    assert (merged.refused, merged.is_ahead) == (("email",), False)


def test_an_empty_email_of_an_account_that_counts_as_verified_is_not_filled() -> None:
    mine = {**only("email", None), "is_verified": True}
    assert said(None, only("email", "a@example.test"), mine, account=True).values["email"] is None
