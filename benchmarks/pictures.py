"""How long the kernel takes for one picture of each explorer of the course, and how large it is.

    python -m benchmarks pictures

Each explorer draws the stops of its tour, and every step of each control with the others at their start,
twice: what a view computes once and keeps, such as a training, counts under "first time". Time is the
processor's.
"""

import time

import numpy as np

from utils.explorer import Explorer
from utils.lessons import module, stems_with


def settings_of(explorer):
    """The stops of the tour, then each control moved through all its values."""
    grid = explorer._grid
    along = [key for axis in range(len(grid.controls)) for key in grid.along(grid.start, axis)]
    return [*explorer.tour(), *map(grid.settings, along)]


def measured(explorer):
    """Milliseconds of each picture, drawn for the first time and again, and its KiB: (3, pictures)."""
    found = []
    for settings in settings_of(explorer):
        started = time.process_time()
        explorer.picture(**settings)
        once = time.process_time()
        picture = explorer.picture(**settings)
        again = time.process_time()
        found.append((1000 * (once - started), 1000 * (again - once), len(picture.png) / 1024))
    return np.array(found).T


def main():
    print(
        "| lesson | explorer | pictures | median, ms | 95th percentile, ms | first time, at most, ms | KiB |"
    )
    print("|---|---|---|---|---|---|---|")
    for stem in stems_with("explorers"):
        for name, factory in module("explorers", stem).EXPLORERS.items():
            explorer = factory()
            if isinstance(explorer, Explorer):
                first, took, sizes = measured(explorer)
                median, high = np.percentile(took, [50, 95])
                print(
                    f"| {int(stem[:2])} | `{name}` | {len(took)} | {median:.1f} | {high:.1f} |"
                    f" {first.max():.0f} | {np.median(sizes):.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
