"""Who is who: links are made only beyond doubt, whatever the order; everything else is a question or nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freesport_pipelines.domain.identity import STRATEGY, Action, Candidate, ConflictType, Incoming, Method, resolve

WHO = Incoming("c1", None, None, None, None, None, None, True, False, 0, 0, 0)
NOBODY = Candidate(1, None, True, True, False, False, None, None, None, None, None)


def who(**known: Any) -> Incoming:
    """A contragent; what it says is unique among the records of 1C unless a test says otherwise."""
    unique = {"same_tax_id": 1, "same_tax_id_kpp": 1, "same_email": 1}
    return WHO._replace(**{**unique, **known})


def account(number: int = 1, **known: Any) -> Candidate:
    """Somebody registered in the shop."""
    return NOBODY._replace(id=number, **known)


def record(number: int = 1, **known: Any) -> Candidate:
    """A customer that an import has made."""
    made = {"has_account": False, "created_in_1c": True, "onec_id": f"c{number}", "is_free": False}
    return NOBODY._replace(id=number, **{**made, **known})


def mostly(*values: Any) -> st.SearchStrategy[Any]:
    """The first value thrice as often as the others together: who is alike must often be alike in several ways."""
    return st.sampled_from([values[0]] * 3 * len(values[1:]) + list(values[1:]))


tax_ids, kpps = st.sampled_from(["t1", "t1", "t2", None]), mostly("k1", "k2", None)
mails, phones, names = (mostly(value, f"{value}2", None) for value in ("mail", "phone", "name"))
contragents = st.builds(
    Incoming, st.just("c1"), mostly(None, 1, 2, 7), tax_ids, kpps, mails, phones, names, mostly(True, False),
    mostly(False, True), mostly(1, 2), mostly(1, 2), mostly(1, 2),
)  # fmt: skip


@st.composite
def customers(draw: st.DrawFn) -> list[Candidate]:
    """Customers that share something with the contragent; at most one bears its id, as the database demands."""
    found = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        onec_id = draw(st.sampled_from([None, None, "c2", "c3"]))
        is_free = onec_id is None or draw(st.booleans())
        made_by_import, has_login = draw(st.booleans()), draw(mostly(False, True))
        shared = (draw(strategy) for strategy in (tax_ids, kpps, mails, phones, names))
        has_account, is_verified = has_login or not made_by_import, draw(st.booleans())
        found.append(Candidate(number, onec_id, is_free, has_account, is_verified, made_by_import, *shared))
    if draw(mostly(False, True)):
        found[0] = found[0]._replace(onec_id="c1")
    return found


often = settings(max_examples=300)


# --- what always holds -----------------------------------------------------------------------------------------------


@often
@given(contragents, customers(), st.randoms())
def test_the_order_of_customers_does_not_matter(me: Incoming, found: list[Candidate], dice: Any) -> None:
    shuffled = list(found)
    dice.shuffle(shuffled)
    assert resolve(me, shuffled) == resolve(me, found)


@often
@given(contragents, customers(), st.sets(st.integers(1, 5)), st.sets(st.integers(1, 5)))
def test_what_is_linked_stays_linked(me: Incoming, found: list[Candidate], linked: set[int], apart: set[int]) -> None:
    """Asked again with its own answer carried out, it finds the same customer and links nothing."""
    first = resolve(me, found, linked_by_hand=linked, apart_by_hand=apart)
    if first.action not in (Action.LINK, Action.UPDATE):
        return
    after = [c for c in found if c.id != first.absorbs]
    after = [c._replace(onec_id="c1", is_free=False) if c.id == first.customer_id else c for c in after]
    again = resolve(me, after, linked_by_hand=linked - {first.customer_id}, apart_by_hand=apart)
    is_account = next(c for c in after if c.id == first.customer_id).has_account
    if again.action is Action.LINK and first.action is Action.LINK and not is_account:
        return  # a record of 1C may go on to the account it belongs to
    assert (again.action, again.customer_id, again.absorbs) == (Action.UPDATE, first.customer_id, None)


@often
@given(contragents, customers())
def test_two_different_tax_numbers_are_never_linked(me: Incoming, found: list[Candidate]) -> None:
    outcome = resolve(me, found)
    linked = next((c for c in found if c.id == outcome.customer_id), NOBODY)
    if outcome.action is not Action.LINK:
        return
    assert None in (me.tax_id, linked.tax_id) or me.tax_id == linked.tax_id


@often
@given(contragents, customers(), st.sets(st.integers(1, 5)))
def test_an_account_with_a_record_is_never_moved(me: Incoming, found: list[Candidate], by_hand: set[int]) -> None:
    outcome = resolve(me, found, linked_by_hand=by_hand)
    for candidate in found:
        if candidate.has_account and candidate.onec_id is not None:
            assert outcome.absorbs != candidate.id
            assert outcome.action is not Action.LINK or outcome.customer_id != candidate.id


@often
@given(contragents, customers())
def test_an_account_is_linked_only_by_its_verified_email_or_by_the_id_that_1c_sent_back(
    me: Incoming, found: list[Candidate]
) -> None:
    """So a registration never by its tax number, and never by an address that anybody could have typed."""
    outcome = resolve(me, found)
    linked = next((c for c in found if c.id == outcome.customer_id), NOBODY)
    if outcome.action is not Action.LINK:
        return
    if linked.has_account:
        assert outcome.method in (Method.EMAIL, Method.PLATFORM_ID)
    if outcome.method is Method.EMAIL:
        assert linked.is_verified
        assert linked.email == me.email
    if outcome.method is Method.PLATFORM_ID:
        assert linked.id == me.customer_id


@often
@given(contragents, customers())
def test_what_is_not_unique_on_both_sides_never_links(me: Incoming, found: list[Candidate]) -> None:
    outcome = resolve(me, found)
    if outcome.method is Method.EMAIL:
        assert me.same_email == 1
        assert len([c for c in found if c.has_account and c.onec_id != "c1" and c.email == me.email]) == 1
    if outcome.method in (Method.TAX_ID, Method.TAX_ID_KPP):
        records = [c for c in found if c.created_in_1c and c.tax_id == me.tax_id and c.onec_id != "c1"]
        if outcome.method is Method.TAX_ID:
            assert (me.same_tax_id, len(records)) == (1, 1)
        else:
            assert (me.same_tax_id_kpp, len([c for c in records if c.kpp == me.kpp])) == (1, 1)


@often
@given(contragents, customers(), st.sets(st.integers(1, 5)))
def test_a_pair_that_people_have_separated_is_neither_linked_nor_asked_about(
    me: Incoming, found: list[Candidate], apart: set[int]
) -> None:
    outcome = resolve(me, found, apart_by_hand=apart)
    assert outcome.action is not Action.LINK or outcome.customer_id not in apart
    assert not {review.customer_id for review in outcome.reviews} & apart


@often
@given(contragents, customers())
def test_only_customers_without_a_record_are_asked_about_and_each_once(me: Incoming, found: list[Candidate]) -> None:
    outcome = resolve(me, found)
    asked = [review.customer_id for review in outcome.reviews]
    assert len(asked) == len(set(asked))
    assert outcome.customer_id not in asked
    assert {c.onec_id for c in found if c.id in asked} <= {None}


# --- the ladder ------------------------------------------------------------------------------------------------------


def test_its_own_id_goes_before_everything() -> None:
    outcome = resolve(who(tax_id="t1", email="m"), [account(1, onec_id="c1"), account(2, email="m", is_verified=True)])
    assert (outcome.action, outcome.method, outcome.customer_id) == (Action.UPDATE, Method.ONEC_ID, 1)


def test_a_record_that_an_import_made_gives_way_to_the_account_with_the_verified_email() -> None:
    outcome = resolve(who(email="m"), [record(1, email="m"), account(2, email="m", is_verified=True)])
    assert (outcome.action, outcome.method, outcome.customer_id, outcome.absorbs) == (Action.LINK, Method.EMAIL, 2, 1)


def test_tax_number_and_kpp_choose_among_branches() -> None:
    branches = [record(2, tax_id="t1", kpp="k1", is_free=True), record(3, tax_id="t1", kpp="k2", is_free=True)]
    outcome = resolve(who(tax_id="t1", kpp="k2", same_tax_id=2), branches)
    assert (outcome.method, outcome.customer_id) == (Method.TAX_ID_KPP, 3)


def test_a_tax_number_without_kpp_chooses_the_only_record() -> None:
    assert resolve(who(tax_id="t1"), [record(2, tax_id="t1", kpp="k1", is_free=True)]).method == Method.TAX_ID


def test_a_registration_with_the_same_number_does_not_keep_two_records_apart() -> None:
    outcome = resolve(who(tax_id="t1"), [record(2, tax_id="t1", is_free=True), account(3, tax_id="t1")])
    assert (outcome.method, outcome.customer_id) == (Method.TAX_ID, 2)
    assert [review.customer_id for review in outcome.reviews] == [3]


def test_a_verified_email_does_not_make_two_firms_one() -> None:
    outcome = resolve(who(tax_id="t1", email="m"), [account(1, tax_id="t2", email="m", is_verified=True)])
    assert outcome.action is Action.CREATE
    assert [review.conflict for review in outcome.reviews] == [ConflictType.EMAIL]


def test_another_kpp_is_another_branch() -> None:
    outcome = resolve(who(tax_id="t1", kpp="k2"), [record(2, tax_id="t1", kpp="k1", is_free=True)])
    assert outcome.action is Action.CREATE


def test_a_record_that_1c_still_uses_is_not_taken_over() -> None:
    assert resolve(who(tax_id="t1"), [record(2, tax_id="t1")]).action is Action.CREATE


def test_a_registration_with_the_tax_number_is_a_question() -> None:
    outcome = resolve(who(tax_id="t1"), [account(1, tax_id="t1", is_verified=True)])
    assert outcome.action is Action.CREATE
    assert [(r.conflict, r.customer_id) for r in outcome.reviews] == [(ConflictType.DUPLICATE, 1)]


@pytest.mark.parametrize("unverified", [[account(1, email="m")], [account(1, email="m"), account(2)]])
def test_an_email_that_nobody_has_verified_is_a_question(unverified: list[Candidate]) -> None:
    outcome = resolve(who(email="m"), unverified)
    assert outcome.action is Action.CREATE
    assert [(r.conflict, r.customer_id) for r in outcome.reviews] == [(ConflictType.EMAIL, 1)]


def test_two_accounts_with_one_address_are_two_questions() -> None:
    outcome = resolve(who(email="m"), [account(1, email="m", is_verified=True), account(2, email="m")])
    assert outcome.action is Action.CREATE
    assert {review.customer_id for review in outcome.reviews} == {1, 2}


@pytest.mark.parametrize("shared", [{"same_tax_id": 2}, {"same_tax_id": 2, "same_tax_id_kpp": 2, "kpp": "k1"}])
def test_a_tax_number_of_two_live_records_links_neither(shared: dict[str, Any]) -> None:
    """Two branches in the file, one customer left free: nobody can say which of them it is."""
    outcome = resolve(who(tax_id="t1", **shared), [record(2, tax_id="t1", kpp=shared.get("kpp"), is_free=True)])
    assert outcome.action is Action.CREATE


def test_a_record_with_a_login_is_an_account_and_is_not_moved() -> None:
    outcome = resolve(who(tax_id="t1"), [record(2, tax_id="t1", is_free=True, has_account=True)])
    assert outcome.action is Action.CREATE


def test_the_id_that_1c_sent_back_links_a_registration() -> None:
    assert resolve(who(customer_id=1), [account(1)]).method is Method.PLATFORM_ID


def test_an_operator_may_link_what_no_rule_would() -> None:
    outcome = resolve(who(tax_id="t1"), [account(1, tax_id="t2")], linked_by_hand=[1])
    assert (outcome.action, outcome.method) == (Action.LINK, Method.MANUAL)


def test_what_is_marked_or_no_buyer_is_not_made_a_customer() -> None:
    assert resolve(who(is_marked=True), []).action is Action.SKIP_MARKED
    assert resolve(who(is_buyer=False), []).action is Action.SKIP_NOT_BUYER
    assert resolve(who(is_marked=True), [record(1)]).action is Action.UPDATE


def test_every_kind_of_conflict_has_a_strategy() -> None:
    assert set(STRATEGY) == set(ConflictType)
    assert set(STRATEGY.values()) == {"merge_by_email", "latest_wins", "manual_review", "merge_customers"}
