"""Operation cases and inputs shared by the scripts core_*.py."""

import json

import torch

from goldens import Golden, Inputs, to_float32

NAN, INFINITY = float("nan"), float("inf")


def with_values(x, *values):
    """x with some of its elements, spread over all of them, replaced by the given values."""
    x = x.clone()
    step = max(1, x.numel() // max(1, len(values)))
    for i, value in enumerate(values):
        x.view(-1)[i * step] = value
    return to_float32(x)


def halves(x):
    """Rounded to multiples of 1/2, so that many are equal."""
    return (x * 2).round() / 2


class Cases:
    def __init__(self):
        self.golden = Golden(script="core_operations.py")
        self.golden.infinite = True
        self.names = []

    def add(self, name, operation, function, floats, ints=None, gradient=True, **attributes):
        """Passes the inputs to the function in the given order, floats first."""
        golden, ints = self.golden, ints or {}
        self.names.append(name)
        golden.metadata[name] = json.dumps({"operation": operation, **attributes})
        leaves = {key: value.clone().requires_grad_(gradient) for key, value in floats.items()}
        y = function(*leaves.values(), *ints.values())
        y, extra = y if isinstance(y, tuple) else (y, {})
        y = y if y.dim() else y.reshape(1)
        for key, value in floats.items():
            golden.input(f"{name}.{key}", value)
        for key, value in {**ints, **extra}.items():
            golden.result(f"{name}.{key}", value.to(torch.int64))
        golden.result(f"{name}.y", y if y.is_floating_point() else y.to(torch.int64))
        if gradient and leaves:
            dy = Inputs(name + ".dy").bell(*y.shape)
            y.backward(dy)
            golden.input(f"{name}.dy", dy)
            for key, leaf in leaves.items():
                golden.result(f"{name}.d{key}", leaf.grad)

    def finish(self):
        self.golden.metadata["cases"] = " ".join(self.names)
        return self.golden


def bell(name, *shape, scale=1.0):
    return Inputs(name).bell(*shape, scale=scale)


def integers(name, below, *shape, first=()):
    """Integers from 0, of which the first are given."""
    random = Inputs(name).random
    count = torch.Size(shape).numel()
    values = [*first, *(random.randrange(below) for _ in range(count - len(first)))]
    return torch.tensor(values).reshape(shape)
