"""Recurrent networks, the CNN and attention give what PyTorch gives: stored numbers, and PyTorch itself."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks import sequences

STORED = json.loads((Path(__file__).parent / "pytorch" / "sequences.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def live():
    pytest.importorskip("torch")
    return sequences.reference()


def assert_agreement(work, numbers):
    """Float64 on both sides: all but the last digits agree."""
    network, batches = sequences.problem(work)
    x, y = batches[0]
    network.backward(work.loss(network.forward(x), y)[1])
    np.testing.assert_allclose(network.gradients, numbers["gradients"], rtol=1e-9, atol=1e-14)
    losses = list(islice(sequences.course_steps(work, network, batches), sequences.BATCHES))
    # PyTorch clips to a length of 1 / (1 + 1e-6 / length).
    np.testing.assert_allclose(losses, numbers["losses"], rtol=1e-7)


@pytest.mark.parametrize("name", sequences.REFERENCE)
def test_losses_and_gradients_are_those_that_pytorch_gave(name):
    assert_agreement(sequences.REFERENCE[name], STORED[name])


@pytest.mark.parametrize("name", sequences.REFERENCE)
def test_losses_and_gradients_are_those_that_pytorch_gives(name, live):
    assert_agreement(sequences.REFERENCE[name], live[name])


def test_the_stored_numbers_are_of_all_four_networks_and_none_is_trivial():
    assert set(STORED) == {"torch", *sequences.REFERENCE}
    for name in sequences.REFERENCE:
        numbers = STORED[name]
        assert len(set(numbers["losses"])) == sequences.BATCHES
        assert np.count_nonzero(numbers["gradients"]) > len(numbers["gradients"]) / 2
