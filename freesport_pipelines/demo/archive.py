"""A demo export as one deterministic zip file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from freesport_pipelines.demo.export import write_demo_export
from freesport_pipelines.demo.plan import DemoPlan
from freesport_pipelines.demo.totals import DemoTotals

_UNIX = 3
_READABLE = 0o100644 << 16


def write_demo_zip(plan: DemoPlan, path: Path) -> DemoTotals:
    """Write the export as a zip: names sorted, dates that of the plan.

    The content is the same everywhere, the compressed bytes wherever the zlib is the same.
    """
    with TemporaryDirectory(prefix="demo-export-") as name:
        folder = Path(name)
        totals = write_demo_export(plan, folder)
        when = plan.starts_at
        date = (when.year, when.month, when.day, when.hour, when.minute, when.second)
        with ZipFile(path, "w") as archive:
            for file in sorted(folder.rglob("*.xml")):
                info = ZipInfo(file.relative_to(folder).as_posix(), date)
                info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, _UNIX, _READABLE
                archive.writestr(info, file.read_bytes(), compresslevel=9)
    return totals
