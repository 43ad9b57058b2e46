"""A file is claimed by exactly one drop, is never lost, and a crash at any step is made good."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from upath import UPath

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange import claim as claiming
from freesport_pipelines.exchange import paths
from freesport_pipelines.exchange.claim import claim, claimed_drops, finish_interrupted_claims
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.folder import ExchangeFolder

from .building import T0, make_zip, packet, put, seen, tree

Move = Callable[[UPath, UPath], None]


class CrashError(Exception):
    """The process ends here."""


def crash_at_move(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    real: Move = paths.move
    moves = iter(range(1, 1000))

    def move(source: UPath, target: UPath) -> None:
        if next(moves) == number:
            raise CrashError
        real(source, target)

    monkeypatch.setattr(paths, "move", move)


def files_of(exchange: ExchangeFolder, drop_id: str | None) -> dict[str, bytes]:
    assert drop_id is not None
    return tree(exchange.claimed / drop_id / "files")


def test_the_folders_are_private(exchange: ExchangeFolder) -> None:
    for folder in (exchange.root, exchange.incoming, exchange.claimed, exchange.outgoing):
        assert Path(folder).stat().st_mode & 0o777 == 0o700


def test_rights_that_the_administrator_gave_are_left_alone(exchange: ExchangeFolder) -> None:
    Path(exchange.incoming).chmod(0o770)
    exchange.ensure()
    assert Path(exchange.incoming).stat().st_mode & 0o777 == 0o770


def test_a_claim_moves_the_files_with_their_folders(exchange: ExchangeFolder) -> None:
    put(exchange.incoming, "goods/goods.xml", packet("1"))
    put(exchange.incoming, "goods/import_files/ab/photo.jpg", b"jpeg")
    drop_id = claim(exchange, seen(exchange), T0)
    assert files_of(exchange, drop_id) == {
        "goods/goods.xml": packet("1"),
        "goods/import_files/ab/photo.jpg": b"jpeg",
    }
    assert tree(exchange.incoming) == {}


def test_a_drop_id_is_sortable_and_readable(exchange: ExchangeFolder) -> None:
    put(exchange.incoming, "goods.xml", packet())
    drop_id = claim(exchange, seen(exchange), T0)
    assert drop_id is not None
    assert drop_id.startswith("20260115T100000.000000Z-")


def test_claimed_drops_wait_with_their_kinds_oldest_first(exchange: ExchangeFolder, tmp_path: Path) -> None:
    put(exchange.incoming, "rests.xml", packet())
    put(exchange.incoming, "photo.jpg", b"jpeg")
    first = claim(exchange, seen(exchange), T0)
    zipped = make_zip(tmp_path / "export.zip", {"goods/goods_1_1.xml": packet(), "prices.xml": packet()})
    put(exchange.incoming, "export.zip", zipped.read_bytes())
    second = claim(exchange, seen(exchange), T0.replace(minute=5))
    waiting = claimed_drops(exchange)
    assert [drop.drop_id for drop in waiting] == [first, second]
    assert [drop.kinds for drop in waiting] == [{Kind.RESTS}, {Kind.GOODS, Kind.PRICES}]
    assert waiting[0].manifest.state == "claimed"


@pytest.mark.parametrize("crashed_move", [1, 2, 3])
def test_a_claim_cut_short_between_renames_is_finished_at_the_next_look(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch, crashed_move: int
) -> None:
    wanted = {f"goods_1_{n}.xml": packet(str(n)) for n in (1, 2, 3)}
    for path, data in wanted.items():
        put(exchange.incoming, path, data)
    with monkeypatch.context() as patch:
        crash_at_move(patch, crashed_move)
        with pytest.raises(CrashError):
            claim(exchange, seen(exchange), T0)
    assert claimed_drops(exchange) == []
    (drop_id,) = finish_interrupted_claims(exchange)
    assert files_of(exchange, drop_id) == wanted
    assert [drop.drop_id for drop in claimed_drops(exchange)] == [drop_id]
    assert finish_interrupted_claims(exchange) == ()


def test_a_claim_cut_short_before_its_last_step_is_finished(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(exchange.incoming, "goods.xml", packet())

    def crash(*_: object) -> None:
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(claiming, "kinds_of", crash)
        with pytest.raises(CrashError):
            claim(exchange, seen(exchange), T0)
    (drop_id,) = finish_interrupted_claims(exchange)
    assert list(files_of(exchange, drop_id)) == ["goods.xml"]


def test_a_name_uploaded_again_during_a_claim_is_left_for_the_next_look(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(exchange.incoming, "goods_1_1.xml", packet("old"))
    put(exchange.incoming, "goods_1_2.xml", packet("second"))
    with monkeypatch.context() as patch:
        crash_at_move(patch, 2)
        with pytest.raises(CrashError):
            claim(exchange, seen(exchange), T0)
    put(exchange.incoming, "goods_1_1.xml", packet("new and longer"))
    (drop_id,) = finish_interrupted_claims(exchange)
    assert files_of(exchange, drop_id)["goods_1_1.xml"] == packet("old")
    assert tree(exchange.incoming) == {"goods_1_1.xml": packet("new and longer")}
    later = claim(exchange, seen(exchange), T0)
    assert files_of(exchange, later) == {"goods_1_1.xml": packet("new and longer")}


def test_files_of_an_interrupted_claim_are_not_claimed_by_another(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(exchange.incoming, "goods.xml", packet())
    with monkeypatch.context() as patch:
        crash_at_move(patch, 1)
        with pytest.raises(CrashError):
            claim(exchange, seen(exchange), T0)
    assert claim(exchange, seen(exchange), T0) is None
    assert len(finish_interrupted_claims(exchange)) == 1


def test_a_file_that_changed_since_the_look_is_left(exchange: ExchangeFolder) -> None:
    put(exchange.incoming, "goods.xml", packet())
    put(exchange.incoming, "rests.xml", packet())
    files = seen(exchange)
    put(exchange.incoming, "rests.xml", packet("changed"))
    assert list(files_of(exchange, claim(exchange, files, T0))) == ["goods.xml"]
    assert list(tree(exchange.incoming)) == ["rests.xml"]


def grow_while_moving(monkeypatch: pytest.MonkeyPatch, also: Callable[[], object] = lambda: None) -> None:
    real: Move = paths.move

    def move(source: UPath, target: UPath) -> None:
        real(source, target)
        target.write_bytes(target.read_bytes() + b"more")
        also()

    monkeypatch.setattr(paths, "move", move)


def test_a_file_that_changes_during_the_rename_goes_back(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(exchange.incoming, "rests.xml", packet())
    files = seen(exchange)
    with monkeypatch.context() as patch:
        grow_while_moving(patch)
        assert claim(exchange, files, T0) is None
    assert tree(exchange.incoming) == {"rests.xml": packet() + b"more"}
    assert claimed_drops(exchange) == []


def test_a_file_that_goes_back_never_overwrites_a_newer_one(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(exchange.incoming, "rests.xml", packet())
    files = seen(exchange)
    with monkeypatch.context() as patch:
        grow_while_moving(patch, lambda: put(exchange.incoming, "rests.xml", packet("newer")))
        assert claim(exchange, files, T0) is None
    found = tree(exchange.incoming)
    assert found.pop("rests.xml") == packet("newer")
    assert list(found.values()) == [packet() + b"more"]
    assert next(iter(found)).endswith(".superseded")


def test_a_drop_that_got_no_file_is_removed(exchange: ExchangeFolder) -> None:
    file = put(exchange.incoming, "goods.xml", packet())
    files = seen(exchange)
    file.unlink()
    assert claim(exchange, files, T0) is None
    assert [path.name for path in exchange.claimed.iterdir() if not path.name.startswith(".")] == []


@pytest.mark.parametrize("locked", [True, False], ids=["with the lock", "by the rename alone"])
def test_two_claimers_never_share_or_lose_a_file(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    wanted = {f"rests_1_{n}.xml": packet(str(n)) for n in range(120)}
    for path, data in wanted.items():
        put(exchange.incoming, path, data)
    files = seen(exchange)
    if not locked:  # as on a share whose locks do not work, and both have looked before either announced
        monkeypatch.setattr(ExchangeFolder, "lock", lambda _: threading.Lock())
        monkeypatch.setattr(claiming, "_announced_by_others", lambda *_, **__: frozenset())
    start = threading.Barrier(4)

    def claimer(_: int) -> str | None:
        start.wait()
        return claim(exchange, files, T0)

    with ThreadPoolExecutor(4) as pool:
        drops = [drop_id for drop_id in pool.map(claimer, range(4)) if drop_id]
    taken = [file for drop_id in drops for file in files_of(exchange, drop_id).items()]
    assert len(taken) == len(wanted)
    assert dict(taken) == wanted
    listed = [file.path for drop in claimed_drops(exchange) for file in drop.manifest.files]
    assert sorted(listed) == sorted(wanted)


def test_an_unreadable_claim_is_named_with_its_cause(exchange: ExchangeFolder) -> None:
    put(exchange.claimed, "20260115T100000Z-aaaaaa/manifest.json", b"{")
    with pytest.raises(ExchangeError, match=r"20260115T100000Z-aaaaaa/manifest.json cannot be used: Expecting"):
        claimed_drops(exchange)


def test_a_remote_folder_is_claimed_alike(far: UPath) -> None:
    exchange = ExchangeFolder(far)
    exchange.ensure()
    put(exchange.incoming, "goods/goods.xml", packet())
    drop_id = claim(exchange, seen(exchange), T0)
    assert drop_id is not None
    assert (exchange.claimed / drop_id / "files/goods/goods.xml").read_bytes() == packet()
    assert not (exchange.incoming / "goods/goods.xml").exists()
    assert [drop.kinds for drop in claimed_drops(exchange)] == [{Kind.GOODS}]


def test_a_remote_claim_cut_between_copy_and_delete_is_finished(far: UPath, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = ExchangeFolder(far)
    exchange.ensure()
    put(exchange.incoming, "goods.xml", packet())

    def copy_and_crash(source: UPath, target: UPath) -> None:
        put(target.parent, target.name, source.read_bytes())
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(paths, "move", copy_and_crash)
        with pytest.raises(CrashError):
            claim(exchange, seen(exchange), T0)
    (drop_id,) = finish_interrupted_claims(exchange)
    assert (exchange.claimed / drop_id / "files/goods.xml").read_bytes() == packet()
    assert not (exchange.incoming / "goods.xml").exists()


def test_remote_claimers_keep_away_from_files_that_another_has_announced(far: UPath) -> None:
    exchange = ExchangeFolder(far)
    exchange.ensure()
    put(exchange.incoming, "goods.xml", packet())
    announced = {
        "version": 1, "state": "claiming", "created_at": T0.isoformat(), "kinds": [],
        "files": [{"path": "goods.xml", "size": 1, "mtime_ns": 1}],
    }  # fmt: skip
    put(exchange.claimed, "20260115T095959Z-bbbbbb/manifest.json", json.dumps(announced).encode())
    assert claim(exchange, seen(exchange), T0) is None
    assert (exchange.incoming / "goods.xml").exists()
