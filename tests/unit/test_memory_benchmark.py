"""What `python -m benchmarks memory` measures is there: a cell that takes memory and time, told apart."""

import json
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux keeps the highest memory of a process")

SOURCES = {
    "imports": "import numpy as np\nimport time",
    "large": "array = np.ones(100 * 2**17)  # 100 MiB\ndel array",
    "busy": "start = time.process_time()\nwhile time.process_time() < start + 1.5:\n    pass",
    "still": "time.sleep(0.3)",
}


def notebook(path, sources):
    cells = [{"cell_type": "code", "id": name, "source": [source]} for name, source in sources.items()]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def test_each_cell_has_its_own_peak_and_its_own_time(tmp_path):
    from benchmarks import memory

    start, cells = memory.run(notebook(tmp_path / "small.ipynb", SOURCES))
    imports, large, busy, still = cells
    assert 20 < start < imports.after and large.before == pytest.approx(imports.after, abs=10)
    assert 95 < large.rise < 110 and large.after < large.before + 20
    assert max(busy.rise, still.rise) < 20  # the peak of the cell before is forgotten
    assert busy.processor >= 1.4 and still.processor < 0.2 and still.seconds >= 0.3
    written = memory.row("lesson", "01_the_rectifier", start, cells)
    assert f"| **{large.peak:.0f}** |" in written and "`large` +1" in written and "`busy` 1." in written


def test_a_cell_that_fails_is_named(tmp_path):
    from benchmarks import memory

    with pytest.raises(ValueError, match=r"wrong failed: .*no reason"):
        memory.run(notebook(tmp_path / "fails.ipynb", {"wrong": "raise RuntimeError('no reason')"}))
