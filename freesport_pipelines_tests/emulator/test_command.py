"""`freesport 1c-emulator` says how it is reached, serves, and ends with Ctrl-C."""

import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from typer.testing import CliRunner

from freesport_pipelines.cli.app import app
from freesport_pipelines_tests.emulator.asking import CARDS, JSON, basic

# where tests run in the background, their children would ignore Ctrl-C
PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from freesport_pipelines.cli.app import main; main()"
)
COMMAND = [sys.executable, "-c", PROGRAM, "1c-emulator"]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The command and the variables that it prints."""
    command = [*COMMAND, "--port", "0", "--customers", "20", "--receipts", "50", "--months", "1", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [shlex.split(process.stdout.readline())[1] for _ in range(3)]
            yield process, dict(line.split("=", 1) for line in lines)
        finally:
            process.kill()


def test_it_serves_at_the_address_it_prints_until_ctrl_c() -> None:
    with running("--fault", f"unavailable:{CARDS}@2") as (process, variables):
        address = f"{variables['ONEC_API_URL']}/{quote(CARDS)}?{JSON}&$top=1"
        account = basic(variables["ONEC_API_USER"], variables["ONEC_API_PASSWORD"])
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Authorization": account})) as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert variables["ONEC_API_URL"].endswith("/odata/standard.odata")


def test_a_fault_that_does_not_exist_is_refused_with_the_list_of_those_that_do() -> None:
    result = CliRunner().invoke(app, ["1c-emulator", "--fault", "thunder"])
    assert result.exit_code == 2
    assert re.search("thunder.*throttled", result.output, re.DOTALL)


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = CliRunner().invoke(app, ["1c-emulator", "--port", str(taken.getsockname()[1]), "--receipts", "1"])
    assert result.exit_code == 1
    assert "cannot be used" in result.output
