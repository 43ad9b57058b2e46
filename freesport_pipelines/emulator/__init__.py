"""A local server that behaves as `standard.odata` of 1C:УНФ Fresh does, with invented data of any size.

It belongs to the demo, to development and to the tests of whoever reads 1C. It shares nothing with the client in
`odata/`: two readings of the facts that agree are worth more than one.

    company = Company(customers=200, receipts=5_000, months=12)
    with serve(company, faults=[Fault("throttled", when=nth(3))], limits=Limits(sessions=2)) as server:
        …  # ask server.url as server.user with server.password
        company.unpost(company.recorders()[0])
        server.faults.add(Fault("truncated", entity="Catalog_Контрагенты", when=first(2)))
    assert server.most_in_flight <= 2
    assert all("+" not in request.target for request in server.log)
    assert rows_read == company.truth().rows["AccumulationRegister_Продажи_RecordType"]

Data may also be tables of one's own: `serve({"Catalog_X": table_of("Catalog_X", {"Ref_Key": "Edm.Guid"}, rows)})`.
`Company` changes while it is served: repost, unpost, move, sell, add_card, delete_card. `Access` says who may read
what, `Manners` where real bases differ (what a `+` does, the byte order mark, the charset), `Limits` what the web
server and the tariff allow. docs/emulator.md lists the faults.
"""

from freesport_pipelines.emulator.access import Access
from freesport_pipelines.emulator.company import Company
from freesport_pipelines.emulator.faults import NAMES, Fault, after, always, every, first, nth
from freesport_pipelines.emulator.log import Logged
from freesport_pipelines.emulator.plan import Plan
from freesport_pipelines.emulator.server import Server, serve
from freesport_pipelines.emulator.service import Manners
from freesport_pipelines.emulator.table import Table, table_of
from freesport_pipelines.emulator.target import Limits
from freesport_pipelines.emulator.truth import Truth, truth

__all__ = [
    "NAMES", "Access", "Company", "Fault", "Limits", "Logged", "Manners", "Plan", "Server", "Table", "Truth",
    "after", "always", "every", "first", "nth", "serve", "table_of", "truth",
]  # fmt: skip
