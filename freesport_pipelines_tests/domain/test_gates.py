"""When a gate warns and when it blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.customer_gates import BY_NAME, CUSTOMER_GATES
from freesport_pipelines.domain.gates import GATES, BlockPolicy, Figure, judge

POLICY = BlockPolicy(
    share=0.05,
    rows=100,
    move_rows=20,
    vanishing_share=0.2,
    collapse_share=0.3,
    collapse_by=0.9,
    lost_price_share=0.1,
    price_move_share=0.35,
    price_move_by=0.5,
    sold_out_share=0.4,
)
LIMITED = [gate for gate in GATES if gate.limit]
ORPHANS = BY_NAME["every_price_has_an_sku"]


@pytest.mark.parametrize(
    ("bad", "total", "blocks"),
    [
        (0, 1000, False),
        (99, 100, False),  # many of few, but fewer rows than the policy names
        (100, 2000, False),  # exactly the share
        (100, 1999, True),
        (101, 2000, True),
        (5000, 1_000_000, False),
        (100, 0, True),
    ],
)
def test_orphans_block_above_both_share_and_number(bad: int, total: int, blocks: bool) -> None:
    assert judge(ORPHANS, Figure(bad, total), POLICY, first_import=False).blocks is blocks


@pytest.mark.parametrize("gate", [gate for gate in GATES if gate.by_share], ids=lambda gate: gate.name)
def test_a_share_never_blocks_a_first_import(gate) -> None:
    result = judge(gate, Figure(1000, 1000), POLICY, first_import=True)
    assert (result.passed, result.blocks) == (False, False)


@pytest.mark.parametrize("gate", LIMITED, ids=lambda gate: gate.name)
def test_a_gate_with_a_limit_passes_up_to_it_and_blocks_above(gate) -> None:
    allowed = int(getattr(POLICY, gate.limit) * 1000)
    results = [judge(gate, Figure(bad, 1000), POLICY, first_import=False) for bad in (allowed, allowed + 1)]
    assert [(result.passed, result.blocks) for result in results] == [(gate.tolerant, False), (False, True)]


@pytest.mark.parametrize("gate", LIMITED, ids=lambda gate: gate.name)
def test_a_gate_with_a_limit_lets_a_few_rows_and_a_first_import_pass(gate) -> None:
    few, first = (judge(gate, Figure(n, n), POLICY, first_import=n > 19) for n in (19, 1000))
    assert (few.blocks, first.blocks) == (False, False)
    assert (few.passed, first.passed) == (gate.tolerant, gate.tolerant)


@pytest.mark.parametrize("first_import", [True, False])
@pytest.mark.parametrize("gate", [gate for gate in GATES if gate.always_blocks], ids=lambda gate: gate.name)
def test_a_strict_gate_blocks_on_a_single_case(gate, first_import: bool) -> None:
    assert judge(gate, Figure(1, 1_000_000), POLICY, first_import=first_import).blocks


@pytest.mark.parametrize(
    "gate",
    [gate for gate in GATES if not gate.always_blocks and not gate.by_share and not gate.limit],
    ids=lambda gate: gate.name,
)
def test_a_mere_warning_never_blocks(gate) -> None:
    result = judge(gate, Figure(10**6, 10**6), POLICY, first_import=False)
    assert (result.passed, result.severity, result.blocks) == (False, "warn", False)


@given(st.sampled_from(GATES), st.integers(0, 500), st.integers(0, 500), st.integers(0, 5000), st.booleans())
def test_more_bad_rows_never_unblock(gate, bad: int, more: int, total: int, first: bool) -> None:
    fewer = judge(gate, Figure(bad, total), POLICY, first_import=first)
    worse = judge(gate, Figure(bad + more, total), POLICY, first_import=first)
    assert worse.blocks >= fewer.blocks


def test_a_red_gate_names_examples() -> None:
    result = judge(ORPHANS, Figure(2, 9, ("g1#a", "g2#b")), POLICY, first_import=False)
    assert result.message == "2 of 9: g1#a, g2#b"
    assert result.as_dict()["examples"] == ["g1#a", "g2#b"]


def test_gates_have_names_of_their_own_and_say_what_to_do() -> None:
    assert len(BY_NAME) == len({*GATES, *CUSTOMER_GATES})
    assert [gate.name for gate in BY_NAME.values() if "Failed:" not in gate.description] == []
