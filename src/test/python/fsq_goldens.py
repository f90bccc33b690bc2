#!/usr/bin/env python3
"""Golden values from PyTorch: codes, values and gradients of finite scalar quantization.

    python3 fsq_goldens.py            writes src/test/resources/golden/fsq_*.safetensors
    python3 fsq_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The formulas are those of Mentzer et al. 2024 (arXiv:2309.15505) with the corrections
of lucidrains/vector-quantize-pytorch (atanh, a margin that reaches the outermost values), and of Stable Codec
(arXiv:2411.19842) for the symmetric form. Random draws are arrays: `noise` is in [-1, 1), and `noisy` tells which
examples get it.
"""

import torch

import goldens
from goldens import Golden, Inputs


def published(z, levels):
    """Returns the unrounded value y, its digit before rounding, and the function that rounds it."""
    half_width = (levels - 1) * (1 + 1e-3) / 2
    offset = torch.where(levels % 2 == 0, 0.5, 0.0).double()
    shift = torch.atanh(offset / half_width)
    bounded = torch.tanh(z + shift) * half_width - offset
    half = levels // 2
    return bounded / half, bounded + half, torch.round


def symmetric(z, levels):
    bounded = torch.tanh(z)
    return bounded, (levels - 1) * (bounded + 1) / 2 + 0.5, torch.floor


def values(digits, levels, form):
    return (digits - levels // 2) / (levels // 2) if form is published else 2 * digits / (levels - 1) - 1


def fsq(levels, form, slowest=False, share=0.0):
    d = len(levels)
    settings = {"levels": ",".join(map(str, levels)), "form": form.__name__}
    golden = Golden(script="fsq_goldens.py", order="slowest" if slowest else "fastest", **settings)
    inputs = Inputs(f"fsq {settings}")
    sizes = torch.tensor(levels, dtype=torch.float64)
    leaves = {"x": inputs.bell(6, 5, 3, d, scale=1.3)}
    for leaf in leaves.values():
        leaf.requires_grad_()
    z = leaves["x"]
    unrounded, position, rounding = form(z, sizes)
    fraction = (position - (0 if rounding is torch.floor else 0.5)) % 1
    assert torch.minimum(fraction, 1 - fraction).min() > 1e-5, "rounding to float could change a code"
    digits = rounding(position).detach().long()
    assert (digits >= 0).all() and (digits < sizes).all()
    codes = torch.zeros(digits.shape[:-1], dtype=torch.long)
    for i in range(d) if slowest else reversed(range(d)):
        codes = codes * levels[i] + digits[..., i]
    y = unrounded + (values(digits, sizes, form) - unrounded).detach()
    if share:
        noise = inputs.bell(*z.shape, scale=1 / 3)
        noisy = torch.tensor([0, 1, 1, 0, 1, 0]).reshape(6, 1, 1, 1)
        golden.input("noise", noise)
        golden.result("noisy", noisy.flatten())
        y = torch.where(noisy == 1, unrounded + noise / (sizes - 1), y)
    upstream = inputs.bell(*y.shape)
    (upstream * y).sum().backward()
    golden.input("dy", upstream)
    golden.result("codes", codes)
    golden.result("y", y)
    for name, leaf in leaves.items():
        golden.input(name, leaf)
        golden.result(f"d.{name}", leaf.grad)
    return golden


goldens.FILES = {
    "fsq_published": lambda name: fsq([8, 5, 5, 5], published),
    "fsq_symmetric": lambda name: fsq([2, 8, 3, 1000], symmetric, slowest=True),
    "fsq_noise": lambda name: fsq([5, 4, 2], symmetric, share=0.5),
}

if __name__ == "__main__":
    goldens.main()
