"""The tables of docs/instructors.md: tracks, a semester, shortest ways, and what a class needs on one server.

    python tools/instructors.py    write them

Minutes and ways are those of tools/routes.py; memory and seconds those that tools/clock.py has measured.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import clock, routes, tables  # noqa: E402  (the path comes first)

PAGE = ROOT / "docs" / "instructors.md"
CLASS, CORES = 40, 16


def server(rows):
    """Return the table of what a class needs on one server, a row for each track. rows: of tools/clock.py."""
    measured = {f"{row['kind']} {row['notebook'][:2]}": row for row in rows if row["kind"] in clock.FOLDERS}
    own, _ = clock.server_gb(rows)
    told = [
        f"| track | memory for {CLASS} | largest notebook | longest training | for {CLASS} at once on {CORES} cores |",
        "|---|---|---|---|---|",
    ]
    for name, route in routes.ROUTES.items():
        if not route.days:
            continue
        stops = [stop.notebook for stop in route.must]
        if missing := [stop for stop in stops if stop not in measured]:
            raise SystemExit(f"{', '.join(missing)}: not measured yet. `python tools/clock.py` does that.")
        largest = max(stops, key=lambda stop: measured[stop]["peak_mb"])
        memory = clock.SYSTEM_GB + CLASS * (measured[largest]["peak_mb"] / 1000 + own)
        longest = max(stops, key=lambda stop: measured[stop]["train_cell_s"] or 0)
        seconds = measured[longest]["train_cell_s"]
        told.append(
            f"| {name} | {memory:.0f} GB | {largest}, {measured[largest]['peak_mb'] / 1000:.1f} GB "
            f"| {longest}, {seconds:.0f} s | {seconds * CLASS / CORES / 60:.1f} min |"
        )
    return "\n".join(told)


def write(page):
    """Put the tables between the marks of a page."""
    told = {
        "tracks": routes.overview("docs"),
        "semester": routes.semester("docs"),
        "shortest": routes.shortest_ways("docs"),
        "server": server(clock.read_rows()),
    }
    for name, text in told.items():
        tables.put_on_page(name, text, page)


if __name__ == "__main__":
    argparse.ArgumentParser(description="Write the tables of the instructor's page.").parse_args()
    write(PAGE)
