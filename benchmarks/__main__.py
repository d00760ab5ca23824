"""Side by side with what people would use instead: `python -m benchmarks [part ...]`.

A part is a module in this folder with a function `main()` that prints its table; with none named, all run.
After `memory`, the stems of lessons may follow: then only those are measured.
"""

import argparse
import importlib
import os
import platform
from pathlib import Path

PARTS = ("training", "pictures", "explorers", "grading", "clinic", "memory", "hub")


def processor():
    """Return the processor's name, as well as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of: {', '.join(PARTS)} (default: all)")
    chosen = parser.parse_args().parts or PARTS
    stems = chosen[1:] if chosen[0] == "memory" else ()
    chosen = chosen[: len(chosen) - len(stems)]
    for name in chosen:
        if name not in PARTS:
            parser.error(f"there is no part named {name!r}; choose from: {', '.join(PARTS)}")
    print(f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}")
    for name in chosen:
        print(f"\n## {name}\n", flush=True)
        importlib.import_module(f"benchmarks.{name}").main(*([stems] if stems else []))


if __name__ == "__main__":
    main()
