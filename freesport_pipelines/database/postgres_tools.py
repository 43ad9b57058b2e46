"""PostgreSQL's own tools: pg_dump writes a backup, pg_restore reads it. Neither ever sees a password in its arguments.

pg_restore is only asked for the rows of a dump, as text; it never connects to a database. What is done with them is
the business of `restore`.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import sqlalchemy as sa

from freesport_pipelines.database.backup_manifest import BackupError

READ_BYTES = 1 << 16
REMEDY = (
    "install the PostgreSQL client tools (Debian: apt-get install postgresql-client) or name the folder of pg_dump and "
    "pg_restore in FREESPORT_POSTGRES_BIN / установите клиент PostgreSQL или укажите его папку в FREESPORT_POSTGRES_BIN"
)
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_COPY = re.compile(rb"COPY (?:\S+\.)?(?P<table>\S+) \((?P<columns>[^)]*)\) FROM stdin;\r?\n")
_END_OF_COPY = (b"\\.\n", b"\\.\r\n")


def find_tool(name: str, folder: Path | None, at_least: int) -> Path:
    """The tool in this folder or on the PATH, of a version that may talk to the server.

    :param at_least: the server's major version
    """
    found = shutil.which(name, path=None if folder is None else str(folder))
    if found is None:
        raise BackupError(f"there is no {name} {f'in {folder}' if folder else 'on the PATH'}: {REMEDY}")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = _VERSION.search(said)
    if version is None or int(version.group(1)) < at_least:
        raise BackupError(
            f"{found} is {said.strip() or 'of an unknown version'}, the server is PostgreSQL {at_least}: a tool must "
            f"not be older than the server; {REMEDY}"
        )
    return Path(found)


def dump(tool: Path, url: sa.URL, target: Path, tables: Sequence[str], schema: str, snapshot: str) -> None:
    """Write these tables' rows, as the snapshot sees them, in PostgreSQL's own compressed format."""
    with _connection_string(url) as connect_to:
        command = [str(tool), "--format=custom", "--data-only", "--no-owner", "--encoding=UTF8", "--strict-names"]
        command += [f"--snapshot={snapshot}", "--no-password", f"--file={target}", f"--dbname={connect_to}"]
        command += [f'--table="{schema}"."{table}"' for table in tables]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{tool.name} could not write the backup: {done.stderr.strip()}")


@contextmanager
def _connection_string(url: sa.URL) -> Iterator[str]:
    """What libpq needs to connect; the password stands in a file that only its owner can read."""
    _, options = url.get_dialect()().create_connect_args(url)
    password = options.pop("password", None)
    words = " ".join(f"{name}={_escaped(value)}" for name, value in options.items())
    if password is None:
        yield words
        return
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write("*:*:*:*:" + str(password).replace("\\", "\\\\").replace(":", "\\:") + "\n")
        file.flush()
        yield f"{words} passfile={_escaped(file.name)}"


def _escaped(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


class Rows:
    """The rows of one table out of a dump, as COPY wants to read them."""

    def __init__(self, script: IO[bytes]) -> None:
        self._script = script
        self._is_over = False

    def read(self, size: int = READ_BYTES) -> bytes:
        """About so many bytes; none at the end of the table's rows."""
        lines: list[bytes] = []
        wanted = size if size > 0 else READ_BYTES
        while not self._is_over and wanted > 0:
            line = self._script.readline()
            self._is_over = not line or line in _END_OF_COPY
            if not self._is_over:
                lines.append(line)
                wanted -= len(line)
        return b"".join(lines)

    def skip(self) -> None:
        """Go to the end of the table's rows."""
        while self.read():
            pass


@contextmanager
def dumped_rows(tool: Path, dump_file: Path) -> Iterator[Iterator[tuple[str, list[str], Rows]]]:
    """(table, columns, rows) of everything in a dump, one after the other; fails at the end if it was not whole."""
    command = [str(tool), "--data-only", "--file=-", str(dump_file)]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints)  # noqa: S603
        script = cast("IO[bytes]", process.stdout)
        try:
            yield _copy_blocks(script)
            script.close()
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            script.close()
        if code:
            complaints.seek(0)
            raise BackupError(f"{tool.name} cannot read the dump: {complaints.read().decode(errors='replace').strip()}")


def _copy_blocks(script: IO[bytes]) -> Iterator[tuple[str, list[str], Rows]]:
    for line in iter(script.readline, b""):
        found = _COPY.fullmatch(line)
        if found:
            rows = Rows(script)
            columns = [name.strip().strip('"') for name in found["columns"].decode().split(",")]
            yield found["table"].decode().strip('"'), columns, rows
            rows.skip()
