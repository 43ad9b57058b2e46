"""Puts the results that are there into README.md, and their plot beside it.

python -m benchmarks.readme     from benchmarks/results/*.json, without measuring anything
"""

from pathlib import Path

from benchmarks.plot import draw
from benchmarks.results import Results
from benchmarks.tables import as_markdown

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- results: written by --write-readme -->", "<!-- end of results -->"


def write_readme(results_folder: Path, readme: Path) -> None:
    """Replace what stands between the two marks; the plot is of the greatest size."""
    found = sorted(map(Results.load, results_folder.glob("*.json")), key=lambda one: one.goods or 0, reverse=True)
    if not found:
        raise FileNotFoundError(f"{results_folder}: there are no results yet")
    head, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    plot = readme.with_name("plot.svg")
    draw(found[0], plot)
    parts = [BEGIN, f"![Time over size, and times the floor]({plot.name})", *map(_section, found), END]
    readme.write_text(head + "\n\n".join(parts) + tail, encoding="utf-8")


def _section(results: Results) -> str:
    title = "An export of somebody's own" if results.goods is None else f"{results.goods:,} goods"
    return f"### {title}\n\n{as_markdown(results).rstrip()}"


if __name__ == "__main__":
    write_readme(Path(__file__).parent / "results", README)
