"""A hundred thousand contragents are a matter of minutes only if no statement is sent per row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, kpp

FEW, MANY = 200, 2_000
"""Both are one portion of what is decided in memory at a time."""


def firms(count: int) -> list[str]:
    return [
        company(f"c{n}", tax_id=inn(n), kpp=kpp(1), email=f"m{n}@example.test", phone=f"8 000 {n:07}")
        for n in range(1, count + 1)
    ]


@contextmanager
def counted(shop: CustomerShop) -> Iterator[list[str]]:
    """Statements sent to the database; one for many rows is one."""
    sent: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sa.event.listen(shop.database.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        sa.event.remove(shop.database.engine, "before_cursor_execute", listen)


def statements_of_a_day(shop: CustomerShop, first: int, count: int) -> list[int]:
    """Statements of an import of new firms, of a change of all of them, and of one that finds accounts for all."""
    numbers = []
    told = firms(first + count)[first:]
    accounts = [{"mail": f"m{n}@example.test", "yes": True} for n in range(first + 1, first + count + 1)]
    changed = [text.replace("8 000", "8 000 0") for text in told]
    for of_day in (told, changed, None):
        if of_day is None:
            with shop.database.write() as connection:
                sql = "INSERT INTO customers (email, is_verified) VALUES (:mail, :yes)"
                connection.execute(sa.text(sql), accounts)
        with counted(shop) as sent:
            done = shop.sync(*(of_day or changed))
        assert done.status == "published", done.error
        numbers.append(len(sent))
    assert shop.count("customers", "merged_into_id IS NOT NULL") == first + count
    return numbers


def test_the_number_of_statements_does_not_grow_with_the_rows(shop: CustomerShop) -> None:
    shop.configure(vanishing_block_share=1.0)
    few = statements_of_a_day(shop, 0, FEW)
    many = statements_of_a_day(shop, FEW, MANY)
    assert max(more - less for less, more in zip(few, many, strict=True)) <= 5, (few, many)


@contextmanager
def work_of_sqlite(shop: CustomerShop) -> Iterator[list[int]]:
    """How many thousands of instructions SQLite's machine carries out: the same on a busy computer and an idle one."""
    ticks = [0]

    def tick() -> None:
        ticks[0] += 1

    def listen(connection: Any, _record: Any) -> None:
        connection.set_progress_handler(tick, 1000)

    sa.event.listen(shop.database.engine, "connect", listen)
    try:
        yield ticks
    finally:
        sa.event.remove(shop.database.engine, "connect", listen)


def test_four_times_the_rows_are_four_times_the_work_and_not_sixteen(shop: CustomerShop) -> None:
    """All of them change, beside as many customers: who is like whom must be found by indexes."""
    if not shop.database.is_sqlite:
        pytest.skip("PostgreSQL joins by hashes; its work cannot be counted like this")
    work = {}
    for count in (200, 800):
        told = firms(count)
        shop.published(*told)
        with work_of_sqlite(shop) as ticks:
            shop.published(*(text.replace("8 000", "8 000 0") for text in told))
        work[count] = ticks[0]
    assert work[800] < 7 * work[200], work
