#!/usr/bin/env python3
"""Golden values for convolutions with dilation, groups and output padding, in one and two dimensions, and for
multi-head attention. Usage and conventions as in goldens.py.

Layouts are the library's: convolution weights [kh, kw, ci / groups, co] or [k, ci / groups, co], transposed ones
[kh, kw, co / groups, ci] or [k, co / groups, ci].
"""

import json

import torch
from torch import nn
from torch.nn import functional

import goldens
from goldens import Inputs

SCRIPT = "goldens_conv_attention.py"


def new_golden(**settings):
    return goldens.Golden(script=SCRIPT, **settings)


# --- convolutions ----------------------------------------------------------------------------------------------------


def case(image, channels, kernel, relu=False, residual=False, bias=True, **settings):
    """image [n, h, w] or [n, t], channels [in, out]; the settings are PyTorch's, with a number for each axis."""
    axes = len(kernel)
    defaults = {"stride": [1] * axes, "padding": [0] * axes, "dilation": [1] * axes, "output_padding": [0] * axes}
    settings = {**defaults, "groups": 1, **settings}
    return image, channels, kernel, {**settings, "relu": relu, "residual": residual, "bias": bias}


CONV2D = [
    case((2, 7, 8), (3, 4), (3, 3), padding=[2, 2], dilation=[2, 2]),
    case((1, 9, 7), (2, 5), (3, 2), stride=[2, 1], padding=[1, 2], dilation=[3, 2], relu=True, residual=True),
    case((2, 5, 5), (6, 4), (3, 3), padding=[1, 1], groups=2, relu=True),
    case((2, 5, 4), (6, 6), (3, 3), padding=[1, 1], groups=6),  # depthwise
    case((1, 6, 6), (4, 12), (4, 4), stride=[2, 2], padding=[1, 1], groups=4, bias=False),  # three of each channel
    case((3, 3, 3), (9, 6), (1, 1), groups=3, relu=True, residual=True),
    case((1, 8, 9), (8, 16), (3, 3), stride=[2, 3], padding=[1, 2], dilation=[1, 2], groups=2),
]

CONV_TRANSPOSE2D = [
    case((2, 3, 4), (3, 4), (3, 3), stride=[2, 2], padding=[1, 1], output_padding=[1, 1], relu=True),
    case((1, 3, 2), (2, 3), (4, 4), stride=[2, 2], padding=[1, 1], output_padding=[1, 0]),
    case((2, 4, 3), (3, 2), (3, 2), padding=[2, 0], dilation=[2, 3]),
    case((2, 3, 3), (6, 4), (3, 3), stride=[2, 2], padding=[1, 1], groups=2, residual=True),
    case((1, 4, 5), (6, 6), (4, 4), stride=[2, 2], padding=[1, 1], groups=6, bias=False),  # depthwise
    case((1, 2, 3), (4, 6), (2, 3), stride=[3, 2], padding=[0, 1], dilation=[1, 3], output_padding=[2, 2], groups=2),
]

CONV1D = [
    case((2, 9), (3, 4), (3,), padding=[1]),
    case((1, 1), (1, 1), (1,)),
    case((2, 16), (4, 6), (4,), stride=[2], padding=[1], relu=True, residual=True),
    case((3, 11), (2, 3), (2,), padding=[4], dilation=[4], bias=False),
    case((1, 13), (6, 6), (5,), stride=[3], padding=[2], groups=3),
    case((2, 8), (5, 5), (3,), padding=[2], dilation=[2], groups=5, relu=True),
]

CONV_TRANSPOSE1D = [
    case((2, 5), (3, 4), (4,), stride=[2], padding=[1], relu=True),
    case((1, 7), (2, 3), (3,), stride=[2], padding=[1], output_padding=[1]),
    case((2, 6), (4, 6), (3,), dilation=[2], groups=2, residual=True),
    case((1, 1), (3, 3), (5,), stride=[4], padding=[2], output_padding=[3], groups=3, bias=False),
]


def convolutions(name, cases):
    transposed = "transpose" in name
    golden = new_golden(cases=str(len(cases)))
    for index, (image, (c_in, c_out), kernel, settings) in enumerate(cases):
        key = f"case{index}"
        golden.metadata[key] = json.dumps(settings)
        inputs, groups, axes = Inputs(f"{name} {index}"), settings["groups"], len(kernel)

        leaves = {"x": inputs.bell(*image, c_in)}
        channels = (c_out // groups, c_in) if transposed else (c_in // groups, c_out)
        leaves["weight"] = inputs.bell(*kernel, *channels, scale=0.5)
        if settings["bias"]:
            leaves["bias"] = inputs.bell(c_out)
        for leaf in leaves.values():
            leaf.requires_grad_()
        extra = {"output_padding": settings["output_padding"]} if transposed else {}
        # ours -> torch: [n, .., c] -> [n, c, ..]; [k.., a, b] -> [b, a, k..]
        y = getattr(functional, f"conv_transpose{axes}d" if transposed else f"conv{axes}d")(
            leaves["x"].movedim(-1, 1), leaves["weight"].movedim((-1, -2), (0, 1)), leaves.get("bias"),
            stride=settings["stride"], padding=settings["padding"], dilation=settings["dilation"], groups=groups, **extra,
        ).movedim(1, -1)
        if settings["residual"]:
            leaves["residual"] = inputs.bell(*y.shape).requires_grad_()
            y = y + leaves["residual"]
        if settings["relu"]:
            assert y.abs().min() > 1e-4, f"{key}: rounding to float could flip a ReLU"
            assert (y > 0).any() and (y < 0).any(), f"{key}: ReLU has nothing to decide"
            y = functional.relu(y)
        dy = inputs.bell(*y.shape)
        y.backward(dy)

        for leaf, tensor in leaves.items():
            golden.input(f"{key}.{leaf}", tensor)
        golden.result(f"{key}.y", y)
        golden.input(f"{key}.dy", dy)
        for leaf, tensor in leaves.items():
            golden.result(f"{key}.d{leaf}", tensor.grad)
    return golden


# --- attention -------------------------------------------------------------------------------------------------------


def attention(name, causal):
    """nn.MultiheadAttention on one input. Its in_proj_weight [3 d, d] stacks the transposes of our three weights."""
    dimension, heads, length = 6, 3, 5
    golden, inputs = new_golden(heads=str(heads), causal=str(causal).lower()), Inputs(name)
    leaves = {"x": inputs.bell(2, length, dimension)}
    parts = ("query", "key", "value")
    for part in (*parts, "output"):
        leaves[f"{part}.weight"] = inputs.bell(dimension, dimension, scale=0.5)
        leaves[f"{part}.bias"] = inputs.bell(dimension, scale=0.3)
    leaves["x"].requires_grad_()

    layer = nn.MultiheadAttention(dimension, heads, batch_first=True).double()
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.cat([leaves[f"{part}.weight"].t() for part in parts]))
        layer.in_proj_bias.copy_(torch.cat([leaves[f"{part}.bias"] for part in parts]))
        layer.out_proj.weight.copy_(leaves["output.weight"].t())
        layer.out_proj.bias.copy_(leaves["output.bias"])
    mask = torch.ones(length, length, dtype=torch.bool).triu(1) if causal else None
    x = leaves["x"]
    y, _ = layer(x, x, x, attn_mask=mask)
    dy = inputs.bell(*y.shape)
    y.backward(dy)

    for key, leaf in leaves.items():
        golden.input(key, leaf)
    golden.result("y", y)
    golden.input("dy", dy)
    golden.result("d.x", x.grad)
    for index, part in enumerate(parts):
        rows = slice(index * dimension, (index + 1) * dimension)
        golden.result(f"d.{part}.weight", layer.in_proj_weight.grad[rows].t())
        golden.result(f"d.{part}.bias", layer.in_proj_bias.grad[rows])
    golden.result("d.output.weight", layer.out_proj.weight.grad.t())
    golden.result("d.output.bias", layer.out_proj.bias.grad)
    return golden


if __name__ == "__main__":
    goldens.FILES = {
        "conv2d_groups": lambda name: convolutions(name, CONV2D),
        "conv_transpose2d_groups": lambda name: convolutions(name, CONV_TRANSPOSE2D),
        "conv1d": lambda name: convolutions(name, CONV1D),
        "conv_transpose1d": lambda name: convolutions(name, CONV_TRANSPOSE1D),
        "attention": lambda name: attention(name, causal=False),
        "attention_causal": lambda name: attention(name, causal=True),
    }
    goldens.main()
