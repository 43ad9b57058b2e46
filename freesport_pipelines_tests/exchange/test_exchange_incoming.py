"""When the files in incoming/ are ready to be claimed, and what is said while they are not."""

import os
from pathlib import Path

import pytest
from upath import UPath

from freesport_pipelines.exchange import incoming
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.incoming import Snapshot, judge, scan
from freesport_pipelines.exchange.paths import growth_words, size_words

from .building import T0, Looks, at, make_zip, names, packet, put


def test_an_empty_folder_says_so(looks: Looks) -> None:
    assert looks.at(0).reason == "the folder is empty"


def test_a_folder_that_does_not_exist_yet_is_an_empty_one(tmp_path: Path) -> None:
    assert Looks(UPath(tmp_path / "nowhere")).at(0).reason == "the folder is empty"


def test_a_set_is_claimed_after_two_equal_looks_and_the_settle_age(looks: Looks) -> None:
    put(looks.incoming, "goods/goods.xml", packet())
    put(looks.incoming, "goods/import_files/ab/photo.jpg", b"jpeg")
    assert looks.at(0).reason == "2 files seen for the first time, looking again before claiming"
    verdict = looks.at(30)
    assert names(verdict.ready) == ["goods/goods.xml", "goods/import_files/ab/photo.jpg"]
    assert verdict.reason.startswith("2 files ready")


def test_the_settle_age_is_waited_for(looks: Looks) -> None:
    put(looks.incoming, "rests.xml", packet())
    looks.at(0)
    assert looks.at(12).reason == "waiting for 20 s of quiet, 12 s passed"
    assert looks.at(21).ready


def test_a_growing_file_holds_up_the_whole_set(looks: Looks) -> None:
    put(looks.incoming, "goods.xml", packet())
    put(looks.incoming, "rests.xml", b"x" * 1_500_000)
    looks.at(0)
    put(looks.incoming, "rests.xml", b"x" * 2_600_000)
    verdict = looks.at(60)
    assert not verdict.ready
    assert verdict.reason == "rests.xml is still growing: 1.5 → 2.6 MB"


def test_growth_starts_the_settle_age_anew(looks: Looks) -> None:
    put(looks.incoming, "rests.xml", packet("1", closed=False))
    looks.at(0)
    put(looks.incoming, "rests.xml", packet("1"))
    looks.at(30)
    assert looks.at(40).reason == "waiting for 20 s of quiet, 10 s passed"
    assert looks.at(51).ready


def test_a_file_written_again_with_the_same_size_is_a_changed_file(looks: Looks) -> None:
    file = put(looks.incoming, "rests.xml", packet("1"))
    looks.at(0)
    put(looks.incoming, "rests.xml", packet("2"))
    os.utime(str(file), (1, 1))
    assert looks.at(60).reason == "rests.xml was written again since the last look"


def test_a_new_file_makes_the_set_wait(looks: Looks) -> None:
    put(looks.incoming, "goods.xml", packet())
    looks.at(0)
    put(looks.incoming, "rests.xml", packet())
    assert looks.at(60).reason == "1 new file arrived: 1 rests"


def test_an_xml_without_its_closing_tag_is_not_claimed(looks: Looks) -> None:
    put(looks.incoming, "goods_1_2.xml", packet(closed=False))
    looks.at(0)
    verdict = looks.at(60)
    assert not verdict.ready
    assert verdict.reason == "goods_1_2.xml does not end with its closing tag yet"


def test_a_zip_is_complete_when_its_directory_can_be_read(looks: Looks, tmp_path: Path) -> None:
    whole = make_zip(tmp_path / "whole.zip", {"goods.xml": packet()}).read_bytes()
    put(looks.incoming, "export.zip", whole[:-10])
    looks.at(0)
    assert looks.at(60).reason == "export.zip cannot be opened as a zip yet"
    put(looks.incoming, "export.zip", whole)
    looks.at(90)
    assert names(looks.at(120).ready) == ["export.zip"]


def test_a_stalled_file_stays_and_no_longer_holds_up_the_others(looks: Looks) -> None:
    put(looks.incoming, "rests.xml", packet(closed=False))
    put(looks.incoming, "goods.xml", packet())
    looks.at(0)
    assert not looks.at(890).ready
    verdict = looks.at(960)
    assert names(verdict.ready) == ["goods.xml"]
    assert verdict.stalled == ("rests.xml",)
    assert "has been incomplete for 16 min and stays: let 1C write it again or remove it" in verdict.reason


def test_a_stalled_file_is_named_at_every_look(looks: Looks) -> None:
    put(looks.incoming, "rests.xml", packet(closed=False))
    looks.at(0)
    looks.at(30)
    assert "rests.xml" in looks.at(1000).reason
    assert "rests.xml" in looks.at(1030).reason


def test_a_stalled_file_that_is_completed_is_claimed(looks: Looks) -> None:
    put(looks.incoming, "rests.xml", packet(closed=False))
    looks.at(0)
    looks.at(1000)
    put(looks.incoming, "rests.xml", packet())
    looks.at(1030)
    assert names(looks.at(1060).ready) == ["rests.xml"]


def test_hidden_temporary_and_lock_files_are_not_seen(exchange: ExchangeFolder) -> None:
    for ignored in (".goods.xml", "a.xml.tmp", "b.part", "c.xml.FILEPART", "d.xml~", "e.lock", ".tmp/goods.xml"):
        put(exchange.incoming, ignored, packet())
    assert scan(exchange.incoming).files == ()


def test_a_link_out_of_the_folder_is_not_seen(exchange: ExchangeFolder, tmp_path: Path) -> None:
    secret = put(UPath(tmp_path), "secret.xml", packet())
    Path(exchange.incoming / "goods.xml").symlink_to(str(secret))
    assert scan(exchange.incoming).files == ()


def test_an_xml_that_is_no_packet_needs_no_commerceml_root(looks: Looks) -> None:
    put(looks.incoming, "readme.xml", b"<notes>hello</notes>\n")
    looks.at(0)
    assert names(looks.at(60).ready) == ["readme.xml"]


def test_a_file_that_may_not_be_read_is_named_with_its_cause(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: UPath) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(incoming, "is_complete", refuse)
    put(looks.incoming, "goods.xml", packet())
    looks.at(0)
    assert looks.at(60).reason == "goods.xml cannot be read: Permission denied"


def test_a_look_fits_into_a_cursor_and_comes_back_equal(exchange: ExchangeFolder) -> None:
    put(exchange.incoming, "priceLists/priceLists_1_1.xml", packet())
    snapshot = scan(exchange.incoming, now=T0)
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_an_unreadable_cursor_is_no_cursor() -> None:
    assert Snapshot.from_json("{}") is Snapshot.from_json(None) is Snapshot.from_json("nonsense") is None


def test_what_was_just_claimed_can_be_taken_out_of_the_remembered_look(exchange: ExchangeFolder) -> None:
    file = put(exchange.incoming, "goods.xml", packet())
    put(exchange.incoming, "rests.xml", packet())
    before = scan(exchange.incoming, now=T0)
    file.unlink()
    after = scan(exchange.incoming, before, at(60))
    assert "goods.xml has gone since the last look" in judge(before, after, at(60), 20).reason
    assert judge(before.without(["goods.xml"]), after, at(60), 20).ready


def test_a_remote_folder_is_judged_alike(far: UPath) -> None:
    looks = Looks(far / "incoming")
    put(looks.incoming, "goods/goods.xml", packet("1"))
    looks.at(0)
    put(looks.incoming, "goods/goods.xml", packet("22", closed=False))
    assert "goods/goods.xml is being written again" in looks.at(30).reason
    assert "does not end with its closing tag" in looks.at(60).reason
    put(looks.incoming, "goods/goods.xml", packet("22"))
    looks.at(90)
    assert names(looks.at(120).ready) == ["goods/goods.xml"]


def test_sizes_are_told_in_words() -> None:
    assert [size_words(n) for n in (0, 999, 1_000, 13_400, 999_900, 1_540_000, 118_400_000, 2_300_000_000)] == [
        "0 bytes", "999 bytes", "1.0 KB", "13 KB", "1.0 MB", "1.5 MB", "118 MB", "2.3 GB",
    ]  # fmt: skip
    assert growth_words(118_000_000, 131_000_000) == "118 → 131 MB"
    assert growth_words(900, 131_000_000) == "900 bytes → 131 MB"
    assert growth_words(131_000_000, 131_000_007) == "131000000 → 131000007 bytes"
