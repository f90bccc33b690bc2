#!/usr/bin/env python3
"""Golden values from PyTorch: codes, values, term and gradient of sampled bits (BinaryQuantizer).

    python3 binary_goldens.py            writes src/test/resources/golden/binary.safetensors
    python3 binary_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The KL divergence is that of torch.distributions.
"""

import torch
from torch.distributions import Bernoulli, kl_divergence

import goldens
from goldens import Golden, Inputs, to_float32


def binary(bits=6, temperature=1.5, weight=0.7, threshold=0.9):
    golden = Golden(script="binary_goldens.py", bits=str(bits), temperature=str(temperature), weight=str(weight),
                    threshold=str(threshold))
    inputs = Inputs("binary")
    x = inputs.bell(5, 4, bits, scale=2.0).requires_grad_()
    p = torch.sigmoid(x / temperature)
    uniform = to_float32(torch.tensor([inputs.random.random() for _ in range(p.numel())]).double().reshape(p.shape))
    assert (uniform - p).abs().min() > 1e-6
    sampled = (uniform < p).double()
    codes = (sampled.long() * 2 ** torch.arange(bits)).sum(-1)
    mean = 2 * p - 1
    y = mean + (2 * sampled - 1 - mean).detach()
    kl = kl_divergence(Bernoulli(p), Bernoulli(torch.full_like(p, 0.5))).sum(-1)
    assert (kl < threshold).any() and (kl > threshold).any()
    term = torch.relu(kl - threshold).mean()
    upstream = inputs.bell(*y.shape)
    ((upstream * y).sum() + weight * term).backward()
    golden.input("x", x)
    golden.input("uniform", uniform)
    golden.input("dy", upstream)
    golden.result("codes", codes)
    golden.result("y", 2 * sampled - 1)
    golden.result("kl", term.reshape(1))
    golden.result("d.x", x.grad)
    return golden


goldens.FILES = {"binary": lambda name: binary()}

if __name__ == "__main__":
    goldens.main()
