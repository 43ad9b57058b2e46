"""The rules of profiles as the environment writes them, and what is said of a wrong one."""

import pytest
from pydantic import ValidationError

from freesport_pipelines.profiles.recorders import DocumentKind, RecorderTypes
from freesport_pipelines.profiles.rules import Favourites, Rfm, Rules
from freesport_pipelines.settings import OnecSettings
from freesport_pipelines.settings.rule_values import ROLES
from freesport_pipelines.steps.profiling_rules import rules_of

BAG, BAGS = "aaaaaaaa-0000-4000-8000-00000000b001", "AAAAAAAA-0000-4000-8000-00000000B002"


def rules(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Rules:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return rules_of(OnecSettings(_env_file=None))  # type: ignore[call-arg]


def refusal(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> tuple[tuple[int | str, ...], str]:
    """Where the one mistake is, and what is said of it."""
    with pytest.raises(ValidationError) as raised:
        rules(monkeypatch, **{name: value})
    (error,) = raised.value.errors()
    return error["loc"], error["msg"]


def test_nothing_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules(monkeypatch) == Rules()


def test_the_roles_of_the_settings_are_those_of_the_profiles() -> None:
    assert set(ROLES) == set(DocumentKind)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "ONEC_RECORDER_ROLES",
            " Document_ПродажаСайта = sale, Document_ЧекККМ=return ,",
            Rules(
                recorders=RecorderTypes(
                    {"Document_ПродажаСайта": DocumentKind.SALE, "Document_ЧекККМ": DocumentKind.RETURN}
                )
            ),
        ),
        ("ONEC_RECORDER_ROLES", "", Rules()),
        ("ONEC_FREQUENCY_DAYS", "often=1, seldom=400", Rules(frequencies=(("often", 1), ("seldom", 400)))),
        ("ONEC_RFM_RECENCY_DAYS", "0,7, 14,28", Rules(rfm=Rfm(recency_days=(0, 7, 14, 28)))),
        ("ONEC_RFM_RECEIPTS", "2,3,4,5", Rules(rfm=Rfm(receipts=(2, 3, 4, 5)))),
        ("ONEC_RFM_NET_REVENUE", "1,2,3,100000000", Rules(rfm=Rfm(net_revenue=(1, 2, 3, 100_000_000)))),
        ("ONEC_RFM_SEGMENTS", "Лучшие=15,Все=3", Rules(rfm=Rfm(segments=(("Лучшие", 15), ("Все", 3))))),
        ("ONEC_FAVOURITES_COUNT", "1", Rules(favourites=Favourites(count=1))),
        (
            "ONEC_FAVOURITES_WITHOUT_PRODUCTS",
            f"{BAG},{BAGS}",
            Rules(favourites=Favourites(without_products=frozenset({BAG, BAGS.lower()}))),
        ),
        (
            "ONEC_FAVOURITES_WITHOUT_CATEGORIES",
            BAGS,
            Rules(favourites=Favourites(without_categories=frozenset({BAGS.lower()}))),
        ),
        (
            "ONEC_FAVOURITES_WITHOUT_PRODUCT_TYPES",
            "Услуга, Работа",
            Rules(favourites=Favourites(without_product_types=frozenset({"Услуга", "Работа"}))),
        ),
    ],
)
def test_every_rule_has_a_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: Rules) -> None:
    assert rules(monkeypatch, **{name: value}) == expected


@pytest.mark.parametrize(
    ("name", "value", "mistake"),
    [
        ("ONEC_RECORDER_ROLES", "Document_ПродажаСайта", "'Document_ПродажаСайта' is no name=value"),
        ("ONEC_RECORDER_ROLES", "Document_ПродажаСайта=", "'Document_ПродажаСайта=' is no name=value"),
        ("ONEC_RECORDER_ROLES", "=sale", "'=sale' is no name=value"),
        ("ONEC_RECORDER_ROLES", "Document_А=sell", "'sell' is none of sale, return, till_sale"),
        ("ONEC_RECORDER_ROLES", "StandardODATA.Document_А=sale", "'StandardODATA.Document_А' is no type of documents"),
        ("ONEC_RECORDER_ROLES", "Document_А=sale,Document_А=return", "'Document_А' is named twice"),
        ("ONEC_FREQUENCY_DAYS", "", "give at least one name=number"),
        ("ONEC_FREQUENCY_DAYS", "weekly", "'weekly' is no name=value"),
        ("ONEC_FREQUENCY_DAYS", "weekly=ten", "'ten' is no whole number"),
        ("ONEC_FREQUENCY_DAYS", "weekly=10.5", "'10.5' is no whole number"),
        ("ONEC_FREQUENCY_DAYS", "weekly=21,biweekly=10", "the numbers must rise: 10 comes after 21"),
        ("ONEC_FREQUENCY_DAYS", "weekly=10,biweekly=10", "the numbers must rise: 10 comes after 10"),
        ("ONEC_FREQUENCY_DAYS", "daily=0,weekly=10", "the shortest gap is 1 day"),
        ("ONEC_FREQUENCY_DAYS", "weekly=10,rare=450", "'rare' is the name of buyers with"),
        ("ONEC_FREQUENCY_DAYS", "weekly=10,weekly=21", "'weekly' is named twice"),
        ("ONEC_RFM_RECENCY_DAYS", "30,60,90", "these are 3 numbers instead of four"),
        ("ONEC_RFM_RECENCY_DAYS", "30,60,90,180,360", "these are 5 numbers instead of four"),
        ("ONEC_RFM_RECEIPTS", "20,10,5,3", "the numbers must rise: 10 comes after 20"),
        ("ONEC_RFM_NET_REVENUE", "10 000,20000,50000,100000", "'10 000' is no whole number"),
        ("ONEC_RFM_NET_REVENUE", "1,2,3,1000000000000000", "'1000000000000000' is no whole number"),
        ("ONEC_RFM_NET_REVENUE", "-1,2,3,4", "'-1' is no whole number"),
        ("ONEC_RFM_SEGMENTS", "VIP=12,Sleeping=4", "buyers with 3 points, the fewest, would be in no segment"),
        ("ONEC_RFM_SEGMENTS", "Sleeping=0,VIP=12", "the totals must fall: 12 comes after 0"),
        ("ONEC_RFM_SEGMENTS", "VIP=16,Sleeping=0", "nobody has 16 points: 15 are the most"),
        ("ONEC_RFM_SEGMENTS", ",", "give at least one name=number"),
    ],
)
def test_a_wrong_table_is_refused_with_its_variable_its_mistake_and_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, mistake: str
) -> None:
    place, message = refusal(monkeypatch, name, value)
    assert place == (name,)
    assert mistake in message
    example = message.split("; for example ")[1]
    rules(monkeypatch, **{name: example})


@pytest.mark.parametrize(
    ("name", "value", "mistake"),
    [
        ("ONEC_FAVOURITES_COUNT", "0", "greater than or equal to 1"),
        ("ONEC_FAVOURITES_COUNT", "some", "valid integer"),
        ("ONEC_FAVOURITES_WITHOUT_PRODUCTS", "Пакет", "give ids of the form 8-4-4-4-12"),
        ("ONEC_FAVOURITES_WITHOUT_CATEGORIES", f"{BAG},Пакеты", "give ids of the form 8-4-4-4-12"),
        ("ONEC_FAVOURITES_WITHOUT_PRODUCT_TYPES", "Подарочный сертификат", "without spaces; for example Услуга,Работа"),
    ],
)
def test_a_wrong_list_is_refused_with_its_variable_and_its_mistake(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, mistake: str
) -> None:
    place, message = refusal(monkeypatch, name, value)
    assert place[0] == name
    assert mistake in message
