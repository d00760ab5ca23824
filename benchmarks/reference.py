"""What PyTorch gives, in files for tests without it: `python -m benchmarks reference` writes them."""

import importlib
import json
from pathlib import Path

PARTS = ("training", "sequences", "activations")
FOLDER = Path(__file__).resolve().parents[1] / "tests" / "unit" / "pytorch"


def main():
    """Write one file for each part, and say so."""
    FOLDER.mkdir(exist_ok=True)
    for part in PARTS:
        numbers = importlib.import_module(f"benchmarks.{part}").reference()
        path = FOLDER / f"{part}.json"
        path.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
        print(f"- `{part}.json`: PyTorch {numbers['torch']}, {path.stat().st_size / 1024:.0f} KiB")
