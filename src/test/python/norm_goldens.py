#!/usr/bin/env python3
"""Golden values from PyTorch for normalization layers and blocks with them; usage and conventions as in goldens.py."""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs, finish, from_torch, to_torch

STEPS = 3


PLAIN = {"eps": 0.01}  # and without weight and bias


def normalized(name, shape, normalize, plain=False):
    """One layer with weight and bias, or plain."""
    settings = {key: str(value) for key, value in PLAIN.items()} if plain else {}
    golden, inputs = Golden(script="norm_goldens.py", **settings), Inputs(name)
    leaves = {"x": inputs.bell(*shape)}
    if not plain:
        leaves |= {"weight": inputs.bell(shape[-1]), "bias": inputs.bell(shape[-1])}
    for leaf in leaves.values():
        leaf.requires_grad_()
    y = normalize(leaves["x"], leaves.get("weight"), leaves.get("bias"), **(PLAIN if plain else {}))
    finish(golden, leaves, y, inputs)
    return golden


def layer_norm(name, plain=False):
    def normalize(x, w, b, **settings):
        return functional.layer_norm(x, (7,), w, b, **settings)

    return normalized(name, (2, 3, 7), normalize, plain)


def group_norm(name, plain=False):
    def normalize(x, w, b, **settings):
        return from_torch(functional.group_norm(to_torch(x), 3, w, b, **settings))

    return normalized(name, (2, 3, 5, 6), normalize, plain)


def batch_norm(name, **settings):
    """Training steps, then inference with the resulting moving averages."""
    texts = {key: str(value) for key, value in settings.items()}
    golden, inputs = Golden(script="norm_goldens.py", steps=str(STEPS), **texts), Inputs(name)
    norm = torch.nn.BatchNorm2d(5, **settings).double()
    parameters = [parameter for parameter, _ in norm.named_parameters()]
    for parameter in parameters:
        values = inputs.bell(5)
        golden.input(parameter, values)
        getattr(norm, parameter).data.copy_(values)
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
        for parameter in parameters:
            golden.result(f"{name}.d.{parameter}", getattr(norm, parameter).grad.clone())
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
    # [n, c, pixels]: each row of scores belongs to one query pixel and sums to 1 over the key pixels.
    scores = torch.softmax(query.transpose(1, 2) @ key / c ** 0.5, dim=2)
    attended = (value @ scores.transpose(1, 2)).reshape(x.shape)
    finish(golden, leaves, from_torch(x + conv(attended, leaves, "out")), inputs)
    return golden


FILES = {
    "layer_norm": layer_norm,
    "layer_norm_plain": lambda name: layer_norm(name, plain=True),
    "group_norm": group_norm,
    "group_norm_plain": lambda name: group_norm(name, plain=True),
    "batch_norm": batch_norm,
    "batch_norm_plain": lambda name: batch_norm(name, eps=0.01, momentum=0.3, affine=False),
    "resnet_block": lambda name: resnet_block(name, 4, 4),
    "resnet_block_widening": lambda name: resnet_block(name, 4, 6),
    "attention_block": lambda name: attention_block(),
}

if __name__ == "__main__":
    goldens.FILES = FILES
    goldens.main()
