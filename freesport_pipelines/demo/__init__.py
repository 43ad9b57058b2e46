"""An invented export of 1C in its real shape, any size, and the totals that an import of it must reach.

Pure generation and writing of files: nothing here reads an export, and no importer code is used to count.
"""

from freesport_pipelines.demo.archive import write_demo_zip
from freesport_pipelines.demo.export import write_demo_export
from freesport_pipelines.demo.plan import DemoPlan
from freesport_pipelines.demo.totals import DemoTotals

__all__ = ["DemoPlan", "DemoTotals", "write_demo_export", "write_demo_zip"]
