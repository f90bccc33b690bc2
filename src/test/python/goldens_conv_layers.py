#!/usr/bin/env python3
"""Golden values from PyTorch for convolution layers whose padding follows from the kernel, whose weights are normalized
(`torch.nn.utils.parametrizations.weight_norm`), or masked. Usage as in goldens.py.

Layouts are the library's: weights [k.., in / groups, out], transposed [k.., out / groups, in]; weight_g is PyTorch's
weight_norm parameter, flat, and weight_v has the weights' layout.
"""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

import goldens
from goldens import Inputs


def to_torch(x):
    return x.movedim(-1, 1)


def to_module(weight):  # [k.., a, b] -> [b, a, k..]
    return weight.movedim((-1, -2), (0, 1))


class Masked(nn.Module):
    """A parametrization: the weights times a mask [kh, kw], as models do in place."""

    def __init__(self, mask):
        super().__init__()
        self.mask = mask

    def forward(self, weight):
        return weight * self.mask


def mask(rows, columns, own_row, own_column, kind):
    """1 where a kernel's pixel comes before its own in raster order; its own with B; with ABOVE in rows above only."""
    kept = torch.zeros(rows, columns, dtype=torch.float64)
    kept[:own_row] = 1
    if kind != "ABOVE":
        kept[own_row, :own_column + (kind == "B")] = 1
    return kept


def layer(golden, name, make, image, pad=None, cut=None, masked=None, normalized=False, relu=False, **settings):
    """One layer on an image [n, .., c]: pad and cut are (before, after) of the last axis first, as functional.pad's."""
    inputs = Inputs(name)
    module = make(**settings).double()
    x = inputs.bell(*image).requires_grad_()
    leaves = {"x": x}
    transposed = "Transpose" in make.__name__
    shape = module.weight.movedim((0, 1), (-1, -2)).shape
    weight = inputs.bell(*shape, scale=0.5).requires_grad_()
    leaves["weight_v" if normalized else "weight"] = weight
    of_module = to_module(weight)
    if masked is not None:
        of_module = Masked(masked)(of_module)
    if normalized:
        gain = inputs.bell(shape[-1]).requires_grad_()
        leaves["weight_g"] = gain
        # PyTorch's own parametrization, called on our leaves.
        norm = weight_norm(module).parametrizations.weight[0]
        of_module = norm(gain.reshape(-1, *[1] * (weight.dim() - 1)), of_module)
    if module.bias is not None:
        leaves["bias"] = inputs.bell(*module.bias.shape).requires_grad_()
    given = to_torch(x)
    if pad:
        given = functional.pad(given, pad)
    axes = weight.dim() - 2
    function = getattr(functional, f"conv{'_transpose' if transposed else ''}{axes}d")
    extra = {"output_padding": module.output_padding} if transposed else {}
    y = function(given, of_module, leaves.get("bias"), stride=module.stride, padding=module.padding,
                 dilation=module.dilation, groups=module.groups, **extra)
    if cut:
        y = y[..., cut[0]:y.shape[-1] - cut[1]]
    y = y.movedim(1, -1)
    if relu:
        assert y.abs().min() > 1e-4
        y = functional.relu(y)
    dy = inputs.bell(*y.shape)
    y.backward(dy)
    for key, leaf in leaves.items():
        golden.input(f"{name}.{key}", leaf)
    golden.result(f"{name}.y", y)
    golden.input(f"{name}.dy", dy)
    for key, leaf in leaves.items():
        golden.result(f"{name}.d.{key}", leaf.grad)


def conv(in_channels, out_channels, kernel_size, **more):
    return dict(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, **more)


def conv_layers():
    golden = goldens.Golden(script="goldens_conv_layers.py")
    layer(golden, "causal", nn.Conv1d, (2, 11, 3), pad=(8, 0), **conv(3, 5, 3, dilation=4))
    layer(golden, "causal_strided", nn.Conv1d, (1, 7, 4), pad=(3, 0), relu=True, **conv(4, 4, 4, stride=2))
    # EnCodec and DAC's decoder block: kernel 2 s, the last s steps cropped.
    layer(golden, "causal_transposed", nn.ConvTranspose1d, (2, 5, 3), cut=(0, 3), normalized=True, **conv(3, 2, 6, stride=3))
    layer(golden, "same_even", nn.Conv2d, (2, 5, 4, 3), **conv(3, 4, (4, 2), padding="same"))
    layer(golden, "same_dilated", nn.Conv1d, (2, 7, 3), **conv(3, 2, 4, padding="same", dilation=3))
    # Keras's "same" with stride 2: one more row and column at the end.
    layer(golden, "same_strided", nn.Conv2d, (2, 6, 4, 2), pad=(0, 1, 0, 1), **conv(2, 3, 3, stride=2))
    layer(golden, "normalized", nn.Conv2d, (2, 5, 4, 4), normalized=True, relu=True, **conv(4, 6, 3, padding=1, groups=2))
    layer(golden, "normalized_1d", nn.Conv1d, (2, 9, 3), pad=(6, 0), normalized=True, **conv(3, 5, 7, bias=False))
    layer(golden, "normalized_transposed", nn.ConvTranspose2d, (1, 3, 4, 4), normalized=True,
          **conv(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2))
    layer(golden, "mask_a", nn.Conv2d, (2, 5, 4, 3), masked=mask(5, 3, 2, 1, "A"), **conv(3, 4, (5, 3), padding=(2, 1)))
    layer(golden, "mask_b", nn.Conv2d, (2, 4, 5, 3), masked=mask(3, 3, 1, 1, "B"), **conv(3, 3, 3, padding=1))
    layer(golden, "mask_above", nn.Conv2d, (2, 4, 5, 3), pad=(1, 1, 2, 0), masked=mask(3, 3, 2, 1, "ABOVE"), **conv(3, 2, 3))
    # PixelSNAIL's: the last row of the kernel is the pixel's own; the norm is that of the masked weights.
    layer(golden, "mask_normalized", nn.Conv2d, (2, 4, 5, 3), pad=(2, 2, 4, 0), masked=mask(5, 5, 4, 2, "A"), normalized=True,
          **conv(3, 4, 5))
    layer(golden, "mask_1d", nn.Conv1d, (2, 7, 3), pad=(4, 0), masked=mask(1, 3, 0, 2, "A")[0], **conv(3, 4, 3, dilation=2))
    return golden


if __name__ == "__main__":
    goldens.FILES = {"conv_layers": lambda name: conv_layers()}
    goldens.main()
