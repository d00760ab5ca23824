"""Training gives what PyTorch gives: against its stored numbers everywhere, and live where it is installed.

`python -m benchmarks reference` stores them anew.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import training as program
from benchmarks import training_sides as sides
from utils.losses import LOSSES

STORED = json.loads((Path(__file__).parent / "pytorch" / "training.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", program.REFERENCE)
def test_the_losses_of_a_training_are_pytorchs(name):
    work = program.REFERENCE[name]
    run = sides.course_epochs(work, program.network_of(work), *sides.data_of(work))
    losses = np.array([next(run) for _ in range(program.REFERENCE_EPOCHS)])
    np.testing.assert_allclose(losses, STORED["losses"][name], rtol=2e-5)
    assert np.all(losses[-1] < losses[0])


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_are_pytorchs_to_rounding(loss):
    network, x, answers = program.gradient_problem()
    value, upstream = LOSSES[loss](network.forward(x), answers[loss])
    network.backward(upstream)
    stored = STORED["gradients"][loss]
    np.testing.assert_allclose(value, stored["loss"], rtol=1e-13)
    np.testing.assert_allclose(network.gradients, stored["gradients"], rtol=1e-10, atol=1e-15)


def test_pytorch_still_gives_the_stored_numbers():
    pytest.importorskip("torch")
    now = program.reference()
    for name, losses in STORED["losses"].items():
        np.testing.assert_allclose(now["losses"][name], losses, rtol=2e-5)
    for loss, stored in STORED["gradients"].items():
        np.testing.assert_allclose(
            now["gradients"][loss]["gradients"], stored["gradients"], rtol=1e-10, atol=1e-15
        )


def test_the_fast_ways_of_pytorch_train_alike():
    """Fifty networks at once by vmap: the same losses as one after the other."""
    pytest.importorskip("torch")
    work = program.REFERENCE["replicas"]
    run = sides.vmap_epochs(work, program.network_of(work), *sides.data_of(work))
    losses = [next(run) for _ in range(program.REFERENCE_EPOCHS)]
    np.testing.assert_allclose(losses, STORED["losses"]["replicas"], rtol=2e-5)


def test_the_benchmark_stops_where_the_losses_differ(monkeypatch):
    """A side that trains otherwise is no comparison."""
    work = sides.Workload("small", (2, 4, 2), 8, batches=2)

    def other(*arguments):
        for loss in sides.course_epochs(*arguments):
            yield loss * 1.001

    monkeypatch.setattr(program, "pytorch_epochs", other)
    assert program.measure(work, (sides.course_epochs, sides.product_epochs), seconds=0).shape == (7, 2)
    with pytest.raises(RuntimeError, match="losses differ by 1"):
        program.measure(work, (sides.course_epochs, other), seconds=0)
