"""`dunwell bench`: what the work costs on this machine, and what mutated files do."""

import tempfile
from pathlib import Path

from cli.output import emit, note, say, show_heading, show_table


def run(
    sizes: str,
    only: list[str],
    as_json: bool,
    markdown: bool,
    inputs: int,
    bank_files: Path | None,
) -> None:
    """Measure, each figure beside its baseline, in homes that are thrown away afterwards.

    Args:
        sizes: Numbers of accounts, such as `1000,10000,50000`.
        only: Names of benches; all if empty.
        as_json: Print one JSON document.
        markdown: Print the table a README holds.
        inputs: Mutated bank files to read.
        bank_files: A folder of real bank files to mutate as well.
    """
    from evals.bench.catalog import read_sizes, run_benches
    from evals.bench.frame import BenchOptions
    from evals.bench.machine import this_machine
    from evals.bench.report import HEADS, as_document, as_markdown, cells

    machine = this_machine()
    with tempfile.TemporaryDirectory(prefix="dunwell-bench-") as folder:
        options = BenchOptions(
            folder=Path(folder),
            sizes=read_sizes(sizes),
            inputs=inputs,
            bank_files=bank_files,
            tell=note,
        )
        measures = run_benches(options, only)
    if as_json:
        emit(as_document(machine, measures))
    elif markdown:
        say(as_markdown(machine, measures))
    else:
        show_heading(machine.line)
        show_table(HEADS, map(cells, measures), right=("Value",))
