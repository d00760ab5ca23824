"""The course's networks of lesson 12 as a PyTorch user writes them, with the course's weights."""

import copy

import numpy as np
import torch
from torch import nn

from utils.attention import Positions
from utils.convolution import Convolution
from utils.layers import Affine
from utils.through_time import LSTMLayer


class Reader(nn.Module):
    """A recurrent layer, and a read-out of its last state."""

    def __init__(self, recurrent, outputs):
        super().__init__()
        self.recurrent = recurrent
        self.read_out = nn.Linear(recurrent.hidden_size, outputs)
        # PyTorch adds up two biases, where the course has one: the second stays 0.
        nn.init.zeros_(recurrent.bias_hh_l0).requires_grad_(False)

    def forward(self, x):
        states, _ = self.recurrent(x)
        return self.read_out(states[:, -1])


def irnn(features, units, outputs):
    return Reader(nn.RNN(features, units, nonlinearity="relu", batch_first=True), outputs)


def lstm(features, units, outputs):
    return Reader(nn.LSTM(features, units, batch_first=True), outputs)


def mnist1d_cnn(channels):
    sizes = {"kernel_size": 5, "stride": 2, "padding": 1}
    return nn.Sequential(
        nn.Unflatten(1, (1, 40)),
        nn.Conv1d(1, channels, **sizes),
        nn.ReLU(),
        nn.Conv1d(channels, channels, **sizes),
        nn.ReLU(),
        nn.Conv1d(channels, channels, **sizes),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(4 * channels, 10),
    )


class Transformer(nn.Module):
    """Tokens, their positions, a block with normalisation before each part, and a read-out of the mean."""

    def __init__(self, width, hidden, token_width):
        super().__init__()
        self.tokens = nn.Unflatten(1, (40 // token_width, token_width))
        self.embedding = nn.Linear(token_width, width)
        self.positions = nn.Embedding(40 // token_width, width)
        self.attention_norm = nn.LayerNorm(width)
        self.query, self.key, self.value, self.output = (
            nn.Linear(width, width, bias=False) for _ in range(4)
        )
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width)
        )
        self.read_out_norm = nn.LayerNorm(width)
        self.read_out = nn.Linear(width, 10)

    def forward(self, x):
        x = self.embedding(self.tokens(x)) + self.positions.weight
        y = self.attention_norm(x)
        attended = nn.functional.scaled_dot_product_attention(self.query(y), self.key(y), self.value(y))
        x = x + self.output(attended)
        x = x + self.feed_forward(x)
        return self.read_out(self.read_out_norm(x).mean(dim=1))


def as_pytorch(network, replica=()):
    """Return the parameters of one replica in PyTorch's order and layout."""
    arranged, channels = [], None
    for part in network.layers:
        for layer in getattr(part, "layers", [part]):
            arrays = [array[replica] for array in layer.parameters]
            if isinstance(layer, LSTMLayer):
                # Read, write, forget, candidate: PyTorch has the first at the end, and all in one matrix.
                in_order = [array[[1, 2, 3, 0]] for array in arrays]
                arranged += [np.concatenate([gate.T for gate in gates]) for gates in in_order]
            elif isinstance(layer, Positions):
                arranged += arrays
            elif isinstance(layer, Affine) and channels:
                # Flattened signals: PyTorch has (channels, length) where the course has (length, channels).
                weights, bias = arrays
                arranged += [weights.reshape(-1, channels, len(bias)).T.reshape(len(bias), -1), bias]
            else:
                arranged += [array.T for array in arrays]
            if isinstance(layer, Convolution):
                channels = len(arrays[1])
    return arranged


def trained_parameters(model):
    """Return the model's parameters but for the bias that stays 0."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def model_of(work, network, replica=()):
    """Return PyTorch's model for a workload, with the parameters of one replica of the network."""
    model = globals()[work.name](**work.sizes).to(torch.from_numpy(network.parameters).dtype)
    with torch.no_grad():
        arranged = as_pytorch(network, replica=replica)
        for parameter, values in zip(trained_parameters(model), arranged, strict=True):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))
    return model


def gradients_of(model, network):
    """Return the model's gradients in the order of the course's, `network.gradients`."""
    places = copy.deepcopy(network)
    places.parameters[...] = np.arange(places.parameters.size)
    gradients = np.full(places.parameters.size, np.nan)
    for place, parameter in zip(as_pytorch(places), trained_parameters(model), strict=True):
        gradients[place.astype(int)] = parameter.grad.numpy()
    return gradients
