#!/usr/bin/env python3
"""Golden values: activations, losses, softmax, pooling, padding, products and attention: golden/operations.safetensors.

    python3 operations.py [--check]            usage and conventions as in goldens.py
"""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs, from_torch, to_torch


def images(function):
    return lambda x: from_torch(function(to_torch(x)))


def space_to_depth(x, block):
    """TensorFlow's order of the channels: row and column in the block, then the channel."""
    b, h, w, c = x.shape
    blocks = x.reshape(b, h // block, block, w // block, block, c)
    return blocks.permute(0, 1, 3, 2, 4, 5).reshape(b, h // block, w // block, -1)


def depth_to_space(x, block):
    """By pixel_shuffle, whose order is the channel first, then row and column."""
    b, h, w, c = x.shape
    ordered = x.reshape(b, h, w, block * block, -1).transpose(3, 4).reshape(x.shape)
    return from_torch(functional.pixel_shuffle(to_torch(ordered), block))


def attention(x, target, causal):
    """Scaled dot-product attention of queries x, with the other tensor as keys and as values."""
    scores = x @ target.transpose(-2, -1) / x.shape[-1] ** 0.5
    if causal:
        later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(later, -float("inf"))
    return torch.softmax(scores, -1) @ target


SMALL = (3, 37)
IMAGES = (2, 7, 6, 3)

# name: shape, scale of the numbers, function
UNARY = {
    "leaky_relu": (SMALL, 2, lambda x: functional.leaky_relu(x, 0.01)),
    "silu": (SMALL, 3, functional.silu),
    "gelu": (SMALL, 3, functional.gelu),
    "softplus": (SMALL, 30, lambda x: functional.softplus(x, threshold=1000)),  # without the threshold of 20
    "clamp": (SMALL, 1, lambda x: torch.clamp(x, -0.5, 0.75)),
    "softmax": ((2, 5, 7), 3, lambda x: torch.softmax(x, 1)),
    "log_softmax": ((2, 5, 7), 30, lambda x: torch.log_softmax(x, -1)),
    "cumsum": ((2, 5, 7), 1, lambda x: torch.cumsum(x, 1)),
    "max": ((2, 5, 7), 1, lambda x: x.amax((0, 2))),
    "average_pool": (IMAGES, 1, images(lambda x: functional.avg_pool2d(x, (3, 2), (2, 1), (1, 1)))),
    "max_pool": (IMAGES, 1, images(lambda x: functional.max_pool2d(x, (3, 2), (2, 1), (1, 1)))),
    "pad_zeros": (IMAGES, 1, images(lambda x: functional.pad(x, (3, 0, 1, 2)))),
    "pad_reflect": (IMAGES, 1, images(lambda x: functional.pad(x, (3, 0, 1, 2), mode="reflect"))),
    "space_to_depth": ((2, 4, 6, 3), 1, lambda x: space_to_depth(x, 2)),
    "depth_to_space": ((2, 2, 3, 12), 1, lambda x: depth_to_space(x, 2)),
}

# name: scale of the prediction, range of the target, loss
LOSSES = {
    "mean_absolute_error": (1, None, functional.l1_loss),
    "huber": (3, None, lambda x, t: functional.huber_loss(x, t, delta=0.7)),
    "binary_cross_entropy": (9, (0, 1), functional.binary_cross_entropy_with_logits),
}

# name: shapes of both tensors, function
PRODUCTS = {
    "matmul": ((2, 3, 5, 4), (2, 3, 4, 7), torch.matmul),
    "matmul_transposed": ((3, 4, 5), (3, 7, 4), lambda a, b: a.transpose(-2, -1) @ b.transpose(-2, -1)),
    "attention": ((2, 3, 5, 4), (2, 3, 7, 4), lambda x, t: attention(x, t, False)),
    "attention_causal": ((2, 3, 6, 4), (2, 3, 6, 4), lambda x, t: attention(x, t, True)),
}

CLASSES = (2, 4, 11)

# The inputs of these cases were generated under earlier names.
SEEDS = {"cumsum": "cumulative_sum", "mean_absolute_error": "l1"}


def store(golden, inputs, name, leaves, y):
    y = y if y.dim() else y.reshape(1)
    dy = inputs.bell(*y.shape)
    y.backward(dy)
    for leaf, tensor in leaves.items():
        golden.input(f"{name}.{leaf}", tensor)
        golden.result(f"{name}.d{leaf}", tensor.grad)
    golden.result(f"{name}.y", y)
    golden.input(f"{name}.dy", dy)


def operations():
    golden = Golden()
    for name, (shape, scale, function) in UNARY.items():
        inputs = Inputs(SEEDS.get(name, name))
        x = inputs.bell(*shape, scale=scale).requires_grad_()
        store(golden, inputs, name, {"x": x}, function(x))
    for name, (scale, bounds, loss) in LOSSES.items():
        inputs = Inputs(SEEDS.get(name, name))
        x = inputs.bell(*SMALL, scale=scale).requires_grad_()
        target = inputs.bell(*SMALL)
        target = (target if bounds is None else target.clamp(*bounds)).requires_grad_()
        store(golden, inputs, name, {"x": x, "target": target}, loss(x, target))
    for name, (shape, other, function) in PRODUCTS.items():
        inputs = Inputs(name)
        x = inputs.bell(*shape).requires_grad_()
        target = inputs.bell(*other).requires_grad_()
        store(golden, inputs, name, {"x": x, "target": target}, function(x, target))
    inputs = Inputs("cross_entropy")
    logits = inputs.bell(*CLASSES, scale=5).requires_grad_()
    rows = logits.reshape(-1, CLASSES[-1])
    targets = torch.tensor([inputs.random.randrange(CLASSES[-1]) for _ in range(len(rows))])
    store(golden, inputs, "cross_entropy", {"x": logits}, functional.cross_entropy(rows, targets))
    golden.result("cross_entropy.targets", targets)
    return golden


if __name__ == "__main__":
    goldens.FILES = {"operations": lambda name: operations()}
    goldens.main()
