"""How long the kernel takes for one picture of each explorer of the course, and how large it is.

    python -m benchmarks pictures

Each explorer draws the stops of its tour, and every step of each control with the others at their start. What
a view computes once and keeps is warm, as it is after the first drag. Time is the processor's.
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
    """Milliseconds and KiB of each picture, drawn a second time."""
    took, sizes = [], []
    for settings in settings_of(explorer):
        explorer.picture(**settings)
        started = time.process_time()
        picture = explorer.picture(**settings)
        took.append(1000 * (time.process_time() - started))
        sizes.append(len(picture.png) / 1024)
    return took, sizes


def main():
    print("| lesson | explorer | pictures | median, ms | 95th percentile, ms | KiB |")
    print("|---|---|---|---|---|---|")
    for stem in stems_with("explorers"):
        for name, factory in module("explorers", stem).EXPLORERS.items():
            explorer = factory()
            if isinstance(explorer, Explorer):
                took, sizes = measured(explorer)
                median, high = np.percentile(took, [50, 95])
                print(
                    f"| {int(stem[:2])} | `{name}` | {len(took)} | {median:.1f} | {high:.1f} |"
                    f" {np.median(sizes):.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
