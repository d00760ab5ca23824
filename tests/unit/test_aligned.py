"""Arrays that begin with a cache line: where they lie, and that they are arrays like any other."""

import numpy as np
import pytest

from utils.aligned import aligned_empty, aligned_zeros
from utils.networks import Network
from utils.optimizers import SGD

SHAPES = ((), (1,), (3,), (0, 4), (100,), (17, 5), (2, 3, 1000), (300, 1000))


@pytest.mark.parametrize("dtype", (np.float32, np.float64, np.int64, bool))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("make", (aligned_empty, aligned_zeros))
def test_it_begins_with_a_line_and_is_like_numpys(make, shape, dtype):
    array = make(shape, dtype)
    assert array.shape == shape and array.dtype == dtype
    assert array.size == 0 or array.ctypes.data % 64 == 0
    assert array.flags.c_contiguous and array.flags.writeable
    array[...] = 1
    assert np.sum(array) == array.size


@pytest.mark.parametrize("shape", SHAPES)
def test_zeros_are_zeros(shape):
    aligned_empty(shape, np.float64)[...] = 7  # the next array may lie where this one was
    assert not aligned_zeros(shape, np.float64).any()


def test_two_arrays_share_nothing():
    one, other = aligned_zeros((5, 5), np.float32), aligned_zeros((5, 5), np.float32)
    one[...] = 3
    assert not np.shares_memory(one, other) and not other.any()


@pytest.mark.parametrize("replicas", ((), 3))
def test_what_a_step_of_training_goes_over_is_aligned(replicas):
    network = Network([7, 5, 3], generator=np.random.default_rng(0), replicas=replicas)
    network.backward(np.ones_like(network.forward(np.ones((11, 7)))))
    optimizer = SGD(0.1, 0.9)
    optimizer.step(network.parameters, network.gradients)
    affine, hidden, last = network.layers
    arrays = [network.parameters, network.gradients, optimizer.velocity, optimizer.change]
    arrays += [affine.z, hidden.a, hidden.z_gradient, last.z, last.x_gradient]
    assert {array.ctypes.data % 64 for array in arrays} == {0}
