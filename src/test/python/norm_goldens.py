#!/usr/bin/env python3
"""Normalizations, and the blocks that are made of them, from PyTorch; used as goldens.py, whose rules hold here too."""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs, finish, from_torch, to_torch

STEPS = 3


def normalized(name, shape, normalize):
    """One layer with weight and bias."""
    golden, inputs = Golden(script="norm_goldens.py"), Inputs(name)
    leaves = {"x": inputs.bell(*shape), "weight": inputs.bell(shape[-1]), "bias": inputs.bell(shape[-1])}
    for leaf in leaves.values():
        leaf.requires_grad_()
    finish(golden, leaves, normalize(leaves["x"], leaves["weight"], leaves["bias"]), inputs)
    return golden


def layer_norm():
    return normalized("layer_norm", (2, 3, 7), lambda x, w, b: functional.layer_norm(x, (7,), w, b))


def group_norm():
    return normalized(
        "group_norm", (2, 3, 5, 6), lambda x, w, b: from_torch(functional.group_norm(to_torch(x), 3, w, b)))


def batch_norm():
    """Training steps, then inference with the moving averages that they left."""
    golden, inputs = Golden(script="norm_goldens.py", steps=str(STEPS)), Inputs("batch_norm")
    norm = torch.nn.BatchNorm2d(5).double()
    for name in ("weight", "bias"):
        parameter = inputs.bell(5)
        golden.input(name, parameter)
        getattr(norm, name).data.copy_(parameter)
    for step in range(STEPS):
        x = goldens.to_float32(inputs.bell(2, 3, 4, 5) * (1 + step) + step).requires_grad_()
        y = from_torch(norm(to_torch(x)))
        dy = inputs.bell(*y.shape)
        norm.zero_grad()
        y.backward(dy)
        name = f"step{step}"
        golden.input(f"{name}.x", x)
        golden.result(f"{name}.y", y)
        golden.input(f"{name}.dy", dy)
        golden.result(f"{name}.d.x", x.grad)
        golden.result(f"{name}.d.weight", norm.weight.grad.clone())
        golden.result(f"{name}.d.bias", norm.bias.grad.clone())
        golden.result(f"{name}.running_mean", norm.running_mean.clone())
        golden.result(f"{name}.running_var", norm.running_var.clone())
    norm.eval()
    x = inputs.bell(1, 2, 3, 5)
    golden.input("inference.x", x)
    golden.result("inference.y", from_torch(norm(to_torch(x))))
    return golden


def weights(inputs, shapes):
    """Leaves under the library's names: convolutions [kh, kw, ci, co], and vectors for norms and biases."""
    leaves = {}
    for name, shape in shapes.items():
        leaves[name] = inputs.bell(*shape, scale=0.4 if len(shape) == 4 else 0.5)
        if "norm" in name and name.endswith("weight"):
            leaves[name] = goldens.to_float32(leaves[name] + 1)
    return leaves


def conv(x, leaves, name, padding=0):
    return functional.conv2d(
        x, leaves[f"{name}.weight"].permute(3, 2, 0, 1), leaves[f"{name}.bias"], padding=padding)


def norm(x, leaves, name, groups):
    return functional.group_norm(x, groups, leaves[f"{name}.weight"], leaves[f"{name}.bias"], eps=1e-6)


def resnet_block(name, c_in, c_out):
    groups = 2
    golden, inputs = Golden(script="norm_goldens.py", groups=str(groups)), Inputs(name)
    shapes = {
        "norm1.weight": (c_in,), "norm1.bias": (c_in,), "conv1.weight": (3, 3, c_in, c_out), "conv1.bias": (c_out,),
        "norm2.weight": (c_out,), "norm2.bias": (c_out,), "conv2.weight": (3, 3, c_out, c_out), "conv2.bias": (c_out,),
    }
    if c_in != c_out:
        shapes |= {"shortcut.weight": (1, 1, c_in, c_out), "shortcut.bias": (c_out,)}
    leaves = {"x": inputs.bell(2, 4, 3, c_in), **weights(inputs, shapes)}
    for leaf in leaves.values():
        leaf.requires_grad_()
    x = to_torch(leaves["x"])
    hidden = conv(functional.silu(norm(x, leaves, "norm1", groups)), leaves, "conv1", padding=1)
    hidden = conv(functional.silu(norm(hidden, leaves, "norm2", groups)), leaves, "conv2", padding=1)
    skip = x if c_in == c_out else conv(x, leaves, "shortcut")
    finish(golden, leaves, from_torch(skip + hidden), inputs)
    return golden


def attention_block():
    groups, c = 2, 6
    golden, inputs = Golden(script="norm_goldens.py", groups=str(groups)), Inputs("attention_block")
    shapes = {"norm.weight": (c,), "norm.bias": (c,)}
    for name in ("query", "key", "value", "out"):
        shapes |= {f"{name}.weight": (1, 1, c, c), f"{name}.bias": (c,)}
    leaves = {"x": inputs.bell(2, 3, 4, c), **weights(inputs, shapes)}
    for leaf in leaves.values():
        leaf.requires_grad_()
    x = to_torch(leaves["x"])
    normalized = norm(x, leaves, "norm", groups)
    query, key, value = (conv(normalized, leaves, name).flatten(2) for name in ("query", "key", "value"))
    # [n, c, pixels]: each row of scores belongs to one asking pixel, and sums to 1 over those that it looks at.
    scores = torch.softmax(query.transpose(1, 2) @ key / c ** 0.5, dim=2)
    attended = (value @ scores.transpose(1, 2)).reshape(x.shape)
    finish(golden, leaves, from_torch(x + conv(attended, leaves, "out")), inputs)
    return golden


FILES = {
    "layer_norm": lambda name: layer_norm(),
    "group_norm": lambda name: group_norm(),
    "batch_norm": lambda name: batch_norm(),
    "resnet_block": lambda name: resnet_block(name, 4, 4),
    "resnet_block_widening": lambda name: resnet_block(name, 4, 6),
    "attention_block": lambda name: attention_block(),
}

if __name__ == "__main__":
    goldens.FILES = FILES
    goldens.main()
