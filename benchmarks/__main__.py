"""Side by side with what people would use instead: `python -m benchmarks [part ...]`.

A part is a module in this folder with a function `main()` that prints its tables as Markdown; with none
named, all run but `suite` and `reference`. With `--write` they also go into README.md, where it has markers
for the part.
After `memory`, the stems of lessons may follow: then only those are measured.
"""

import argparse
import contextlib
import importlib
import io
import os
import platform
import re
import sys
from pathlib import Path

PARTS = (
    "training",
    "sequences",
    "activations",
    "pictures",
    "explorers",
    "course",
    "suite",
    "grading",
    "clinic",
    "memory",
    "hub",
    "reference",
)
ONLY_WHEN_NAMED = ("suite", "reference")
README = Path(__file__).with_name("README.md")


def processor():
    """Return the processor's name, as well as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def machine():
    """Name what everything is measured on."""
    return f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}."


class Both(io.StringIO):
    """Keeps what is printed, and shows it at once."""

    def write(self, text):
        sys.__stdout__.write(text)
        sys.__stdout__.flush()
        return super().write(text)


def written(page, part, said):
    """Return the README's text with what a part printed between its markers, if it has them."""
    begin, end = f"<!-- {part} -->\n", f"<!-- end of {part} -->"
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return place.sub(lambda _: f"{begin}\n{said.strip()}\n\n{end}", page)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md, too")
    options = parser.parse_args()
    chosen = options.parts or [name for name in PARTS if name not in ONLY_WHEN_NAMED]
    stems = chosen[1:] if chosen[0] == "memory" else []
    chosen = chosen[: len(chosen) - len(stems)]
    for name in chosen:
        if name not in PARTS:
            parser.error(f"there is no part named {name!r}; choose from: {', '.join(PARTS)}")
    for name in chosen:
        print(f"\n## {name}\n", flush=True)
        with contextlib.redirect_stdout(Both()) as said:
            print(f"Measured on: {machine()}\n")
            importlib.import_module(f"benchmarks.{name}").main(*([stems] if stems else []))
        if options.write:
            page = written(README.read_text(encoding="utf-8"), name, said.getvalue())
            README.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
