#!/usr/bin/env python3
"""Golden values from PyTorch: codes, values, terms and gradients of lookup-free and binary spherical quantization.

    python3 lfq_goldens.py            writes src/test/resources/golden/lfq_*.safetensors and bsq.safetensors
    python3 lfq_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The formulas are those of Yu et al. 2024 (arXiv:2310.05737) and Zhao et al. 2024
(arXiv:2406.07548). Probabilities are softmaxes over a table of all codes, entropies are exact, without a clamped
logarithm.
"""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs


def entropy(p):
    """Returns -sum p ln p, where 0 ln 0 is 0 and has no gradient."""
    return -(p * torch.log(torch.where(p > 0, p, 1))).sum(-1)


def lfq(bits, scale=1.0, temperature=100.0, entropy_weight=0.1, diversity=1.0, commitment=0.25, clamp=0.0,
        spherical=False, most=False, width=1.0):
    golden = Golden(script="lfq_goldens.py", bits=str(bits), spherical=str(spherical).lower(), scale=str(scale),
                    inverse_temperature=str(temperature), entropy_weight=str(entropy_weight),
                    diversity_weight=str(diversity), commitment_weight=str(commitment), soft_clamp=str(clamp),
                    order="most" if most else "least")
    inputs = Inputs(f"lfq {golden.metadata}")
    x = inputs.bell(6, 5, 3, bits, scale=width).requires_grad_()
    z = x
    if spherical:
        z = scale * functional.normalize(x, dim=-1)
    elif clamp:
        z = clamp * torch.tanh(x / clamp)
    magnitude = scale / bits ** 0.5 if spherical else scale
    table = torch.tensor([[magnitude if code >> i & 1 else -magnitude for i in range(bits)] for code in range(2 ** bits)],
                         dtype=torch.float64)
    assert x.abs().min() > 1e-6
    digits = (z > 0).long()
    codes = torch.zeros(digits.shape[:-1], dtype=torch.long)
    for i in range(bits):
        codes += digits[..., i] << (bits - 1 - i if most else i)
    values = magnitude * (2 * digits - 1).double()
    y = z + (values - z).detach()
    rows = z.reshape(-1, bits)
    distances = ((rows[:, None] - table) ** 2).sum(-1)
    p = torch.softmax(-temperature * distances, -1)
    entropies = entropy(p).mean() - diversity * entropy(p.mean(0))
    committed = functional.mse_loss(z, values)
    upstream = inputs.bell(*y.shape)
    ((upstream * y).sum() + entropy_weight * entropies + commitment * committed).backward()
    golden.input("x", x)
    golden.input("dy", upstream)
    golden.result("codes", codes)
    golden.result("y", values)
    golden.result("entropy", entropies.reshape(1))
    golden.result("commitment", committed.reshape(1))
    golden.result("d.x", x.grad)
    return golden


goldens.FILES = {
    "lfq": lambda name: lfq(8),
    "lfq_clamped": lambda name: lfq(5, scale=1.5, temperature=0.5, entropy_weight=2.0, diversity=1.4, commitment=0.5,
                                    clamp=2.0, most=True),
    "bsq": lambda name: lfq(9, temperature=1.0, entropy_weight=1.0, commitment=0.5, spherical=True, scale=2.0),
}

if __name__ == "__main__":
    goldens.main()
