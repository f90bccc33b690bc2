#!/usr/bin/env python3
"""Golden values from PyTorch for the series encoder and decoder; usage and conventions as in goldens.py.

Weights are named as in the library; those of a convolution are [kernel, in, out], transposed [kernel, out, in].
"""

from torch.nn import functional

import goldens
from goldens import Golden, Inputs, finish

CHANNELS, HIDDEN, INSIDE, DIMENSION, BLOCKS, GROWTH = 3, 4, 2, 5, 3, 2


class Net:
    """Draws each layer's weights as it is called, and applies it to [n, channels, time]."""

    def __init__(self, inputs, x):
        self.inputs, self.leaves, self.x = inputs, {"x": x.requires_grad_()}, x.squeeze(1).movedim(-1, 1)

    def layer(self, name, x, out, kernel, transposed=False, **settings):
        into = x.shape[1]
        weight = self.inputs.bell(kernel, *((out, into) if transposed else (into, out)), scale=0.5).requires_grad_()
        bias = self.inputs.bell(out, scale=0.3).requires_grad_()
        self.leaves[f"{name}.weight"], self.leaves[f"{name}.bias"] = weight, bias
        convolve = functional.conv_transpose1d if transposed else functional.conv1d
        return convolve(x, weight.permute(2, 1, 0), bias, **settings)

    def residual(self):
        for block in range(BLOCKS):
            dilation, name = GROWTH**block, f"residual.{block}"
            inner = relu(self.layer(f"{name}.conv", relu(self.x), INSIDE, 3, padding=dilation, dilation=dilation))
            self.x = self.x + self.layer(f"{name}.project", inner, HIDDEN, 1)
        self.x = relu(self.x)

    def golden(self):
        golden = Golden(script="series_goldens.py", growth=str(GROWTH), blocks=str(BLOCKS))
        finish(golden, self.leaves, self.x.movedim(1, -1).unsqueeze(1), self.inputs)
        return golden


def relu(x):
    positive = functional.relu(x)
    assert x[x != 0].abs().min() > 1e-4, "rounding to float could flip a ReLU"
    return positive


def encoder():
    inputs = Inputs("series encoder")
    net = Net(inputs, inputs.bell(2, 1, 12, CHANNELS))
    for index, width in enumerate((HIDDEN // 2, HIDDEN)):
        net.x = relu(net.layer(f"down.{index}", net.x, width, 4, stride=2, padding=1))
    net.x = relu(net.layer("mix", net.x, HIDDEN, 3, padding=1))
    net.residual()
    net.x = net.layer("project", net.x, DIMENSION, 1)
    return net.golden()


def decoder():
    inputs = Inputs("series decoder")
    net = Net(inputs, inputs.bell(2, 1, 3, DIMENSION))
    net.x = net.layer("mix", net.x, HIDDEN, 3, padding=1)
    net.residual()
    net.x = relu(net.layer("up.0", net.x, HIDDEN // 2, 4, transposed=True, stride=2, padding=1))
    net.x = net.layer("up.1", net.x, CHANNELS, 4, transposed=True, stride=2, padding=1)
    return net.golden()


if __name__ == "__main__":
    goldens.FILES = {"series_encoder": lambda name: encoder(), "series_decoder": lambda name: decoder()}
    goldens.main()
