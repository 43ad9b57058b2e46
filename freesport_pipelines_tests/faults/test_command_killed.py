"""The `freesport` command, killed while it publishes, as an operator's terminal sees it."""

import signal
import subprocess
import sys
from pathlib import Path

from freesport_pipelines_tests.cli.running import Installation, tree
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports

KILLED_COMMAND = """
import sys
from freesport_pipelines.cli.app import main
from freesport_pipelines_tests.faults.points import kill_myself, struck
with struck("between two tables", kill_myself):
    sys.argv[0] = "freesport"
    main()
"""
ROOT = Path(__file__).parents[2]


def test_the_command_can_simply_be_given_again(tmp_path: Path) -> None:
    here = Installation(tmp_path / "installation", FREESPORT_STALE_AFTER_SECONDS="0")
    folder = write_export(tmp_path / "export", exports.catalogue())
    sent = tree(folder)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_COMMAND, "import", str(folder), "--json"],
        cwd=here.folder,
        env={**here.environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout == b""

    again = here.freesport("import", folder, "--json")
    assert (again.code, again.json["status"]) == (0, "published"), again.err
    assert again.json["tables"]["products"]["inserted"] == 1
    first = here.freesport("report", 1, "--json").json
    assert (first["status"], "process ended" in first["error"]) == ("failed", True)
    assert tree(folder) == sent
