"""A hundred thousand movements in bounded memory and in hardly more requests than there are full pages."""

import subprocess
import sys
import textwrap

from freesport_pipelines.emulator import Company, serve

SALES = "AccumulationRegister_Продажи_RecordType"
SCRIPT = """
    import sys
    from datetime import UTC, datetime
    from freesport_pipelines.odata.client import open_client
    from freesport_pipelines.settings import OnecSettings
    from freesport_pipelines_tests.peak_memory import peak_megabytes

    url, user, password = sys.argv[1:]
    settings = OnecSettings(_env_file=None, api_url=url, api_user=user, api_password=password, page_pause=0)
    with open_client(settings) as client:
        start = client.first_moment(client.entities.sales)
        before, count = peak_megabytes(), 0
        for block in client.register(client.entities.sales, start, datetime(2026, 2, 1, tzinfo=UTC)):
            count += len(block)
    print(count, peak_megabytes() - before)
"""


def test_a_hundred_thousand_rows_take_little_memory_and_few_requests() -> None:
    company = Company(customers=2_000, receipts=40_000, months=12)
    with serve(company) as server:
        command = [sys.executable, "-c", textwrap.dedent(SCRIPT), server.url, server.user, server.password]
        count, megabytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        asked = [seen for seen in server.log if seen.path == SALES]
    assert int(count) == sum(1 for _ in company.tables[SALES].rows(["LineNumber"])) > 100_000
    assert len(asked) <= 1.2 * int(count) / 1000
    assert float(megabytes) < 100
