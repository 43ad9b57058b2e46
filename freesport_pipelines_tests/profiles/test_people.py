"""Phones and names of buyers (facts/odata 4, rows 11-14)."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.card_phones import card_phone
from freesport_pipelines.profiles.cards import phone_conflicts
from freesport_pipelines.profiles.frames import CARDS
from freesport_pipelines.profiles.people import contacts, real_name
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    CARD,
    OTHER_CARD,
    Row,
    card,
    counterparties,
    frame,
)

PHONE = "70000000001"


def contact(cards: list[Row], *people: Row) -> pd.DataFrame:
    return contacts(frame(cards, CARDS), counterparties(*people))


@given(st.text("0123456789 +-()", max_size=16))
def test_a_phone_is_seven_and_ten_digits_and_reading_it_again_changes_nothing(text: str) -> None:
    phone = card_phone(text)
    assert phone is None or (len(phone), phone[0], phone.isdecimal(), card_phone(phone)) == (11, "7", True, phone)


@pytest.mark.parametrize(
    ("candidates", "name"),
    [
        (("Тестова Анна Образцовна", "Анна"), "Тестова Анна Образцовна"),
        ((None, "", "  Тестова   Анна "), "Тестова Анна"),
        (("+7 (000) 000-00-01", "Тестова Анна"), "Тестова Анна"),
        (("70000000001 Тестова Анна",), "Тестова Анна"),
        (("Тестова Анна +7 000 000-00-01",), "Тестова Анна"),
        (("12345", "8 000 000 00 01", "--", "X", None), None),
        ((float("nan"),), None),
    ],
)
def test_a_name_is_the_first_candidate_that_is_one_without_its_phone(
    candidates: tuple[object, ...], name: str | None
) -> None:
    assert real_name(*candidates) == name


def test_names_are_looked_for_in_the_order_of_the_rule() -> None:
    everything = {"person_name": "One Person", "full_name": "Two Full", "description": "Three Short"}
    cards = [card() | {"description": "Four Card"}]
    for column, name in zip([*everything, None], ["One Person", "Two Full", "Three Short", "Four Card"], strict=True):
        assert contact(cards, {"onec_id": ANNA, **everything}).name[ANNA] == name
        if column:
            everything[column] = "00000"


def test_the_phone_is_that_of_the_first_valid_card_that_has_one() -> None:
    cards = [
        card("c-0", phone="70000000009", is_marked=True),
        card("c-1", phone="4600000000002"),
        card("c-3", phone="70000000003"),
        card("c-2", phone="8 000 000 00 02"),
    ]
    found = contact(cards, {"onec_id": ANNA, "description": "Тестова Анна"}).loc[ANNA]
    assert (found["phone"], found["discount_card_id"], found["name"]) == ("70000000002", "c-2", "Тестова Анна")


def test_a_card_without_phone_is_still_a_card() -> None:
    found = contact([card(phone="4600000000002")]).loc[ANNA]
    assert (found["phone"], found["discount_card_id"]) == (None, CARD)


def test_a_card_without_owner_is_a_contact_of_its_own() -> None:
    assert contact([card(CARD, None, PHONE)]).phone.to_dict() == {CARD: PHONE}


def test_a_folder_is_nobody_and_somebody_without_card_is_somebody() -> None:
    people = [
        {"onec_id": ANNA, "description": "Розничные покупатели", "is_folder": True},
        {"onec_id": BORIS, "description": "Примеров Борис"},
    ]
    found = contact([], *people)
    assert found.index.tolist() == [BORIS]
    assert found.loc[BORIS].tolist() == ["Примеров Борис", None, None, False]


@pytest.mark.parametrize(
    "cards",
    [
        [card(CARD, ANNA, PHONE), card(OTHER_CARD, ANNA, PHONE)],
        [card(CARD, ANNA, PHONE, is_marked=True), card(OTHER_CARD, BORIS, PHONE)],
        [card(CARD, ANNA, "4600000000002"), card(OTHER_CARD, BORIS, "4600000000002")],
    ],
    ids=["two cards of one owner", "a card that is no longer valid", "no phone"],
)
def test_this_is_no_conflict(cards: list[Row]) -> None:
    assert phone_conflicts(frame(cards, CARDS)).empty


def test_nobody_at_all_is_fine() -> None:
    assert contact([]).empty
    assert phone_conflicts(frame([], CARDS)).empty
