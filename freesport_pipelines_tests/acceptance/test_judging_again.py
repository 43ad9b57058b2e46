"""A session that is judged again comes to the same result, and what it set aside is still there."""

import pytest

from freesport_pipelines.database import sessions
from freesport_pipelines.steps import publishing
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    offers_xml,
    prop,
    properties_xml,
    rest,
    rests_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest

GROUPS = {"groups.xml": groups_xml([group("c1", "Мячи"), group("c2", "Гири")])}


def judge_again(shop: ShopUnderTest, session_id: int) -> dict[str, object]:
    return publishing.judge(shop.database, sessions.get(shop.database, session_id), shop.resource.settings)


def test_orphans_duplicates_and_default_skus_are_found_again(shop: ShopUnderTest) -> None:
    first = shop.import_files(
        {
            **GROUPS,
            "goods.xml": goods_xml([good("g1"), good("g2"), good("g3", groups=())]),
            "offers_1_1_<uuid>.xml": offers_xml([offer("g1#a"), offer("x#y"), offer("g3#a")]),
            "offers_1_2_<uuid>.xml": offers_xml([offer("g1#a", name="позже")]),
            "rests.xml": rests_xml([rest("g2", {"w1": "1"}), rest("g1#a", {"w1": "2"}), rest("x#y", {"w1": "3"})]),
        },
        dry_run=True,
    )
    assert first.session is not None
    again = judge_again(shop, first.session.id)
    for part in ("tables", "quarantine", "checks"):
        assert again[part] == first.report[part]
    assert shop.quarantined("offers") == {("x#y", "goods_unknown")}


def test_a_rejected_session_is_rejected_again(shop: ShopUnderTest) -> None:
    shop.configure(block_rows=2)
    shop.import_files({**GROUPS, "goods.xml": goods_xml([good("g1")]), "offers.xml": offers_xml([offer("g1#a")])})
    orphans = offers_xml([offer("x#1"), offer("x#2"), offer("g1#a")])
    rejected = shop.import_files({"offers.xml": orphans})
    assert rejected.status == "rejected"
    assert rejected.session is not None
    judge_again(shop, rejected.session.id)
    assert sessions.get(shop.database, rejected.session.id).status == "rejected"


def test_goods_marked_while_their_category_is_hidden_stay_hidden_when_it_returns(shop: ShopUnderTest) -> None:
    shop.import_files({**GROUPS, "goods.xml": goods_xml([good("g1", groups=("c1",))])})
    shop.import_files({"groups.xml": groups_xml([group("c1", "Мячи", marked=True)])})
    shop.import_files({"goods.xml": goods_xml([good("g1", groups=("c1",), marked=True)])})
    shop.import_files({"groups.xml": groups_xml([group("c1", "Мячи")])})
    assert not shop.row("SELECT is_active FROM goods WHERE onec_id = 'g1'")["is_active"]


def test_rows_that_wait_do_not_block_the_goods_they_wait_for(shop: ShopUnderTest) -> None:
    shop.configure(block_rows=2)
    waiting = rests_xml([rest(f"g{number}#a", {"w1": "1"}) for number in range(5)])
    shop.import_files({**GROUPS, "rests.xml": waiting})
    goods = shop.import_files({"goods.xml": goods_xml([good(f"g{number}") for number in range(5)])})
    assert goods.status == "published"
    offers = shop.import_files({"offers.xml": offers_xml([offer(f"g{number}#a") for number in range(5)])})
    assert offers.table("product_stocks")["inserted"] == 5


def test_a_dry_run_of_a_folder_can_be_published_from_the_archive(shop: ShopUnderTest) -> None:
    tried = shop.import_files({**GROUPS, "goods.xml": goods_xml([good("g1")])}, dry_run=True)
    assert tried.session is not None
    done = shop.run("catalog_import", {"drop": tried.session.drop_id})
    assert done.status == "published"
    assert shop.count("goods") == 1


def test_only_some_kinds_of_an_archived_drop_can_be_imported(shop: ShopUnderTest) -> None:
    tried = shop.import_files({**GROUPS, "goods.xml": goods_xml([good("g1")])}, dry_run=True)
    assert tried.session is not None
    shop.run("catalog_import", {"drop": tried.session.drop_id, "only": ["groups"]})
    assert (shop.count("categories"), shop.count("goods")) == (2, 0)


def test_a_property_without_a_name_goes_to_quarantine(shop: ShopUnderTest) -> None:
    imported = shop.import_files({"propertiesGoods.xml": properties_xml("propertiesGoods", [prop("p1", "")])})
    assert imported.quarantine == {"propertiesGoods": {"name_missing": 1}}


def test_a_publication_that_failed_can_be_repeated(shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    from freesport_pipelines.database import publish

    real = publish.publish

    def broken(*_: object) -> None:
        raise RuntimeError("the connection was lost")

    monkeypatch.setattr(publish, "publish", broken)
    failed = shop.import_files({**GROUPS, "goods.xml": goods_xml([good("g1")])})
    assert (failed.status, failed.error) == ("judged", "the connection was lost")
    assert shop.count("goods") == 0
    monkeypatch.setattr(publish, "publish", real)
    assert failed.session is not None
    for _ in range(2):  # the second time there is nothing left to do
        report = publishing.publish_session(shop.database, failed.session.id, shop.resource.settings)
    assert report["status"] == "published"
    assert shop.count("goods") == 1
