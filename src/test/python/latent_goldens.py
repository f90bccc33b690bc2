#!/usr/bin/env python3
"""Golden values from PyTorch: codes, values, terms and gradients of latent quantization.

    python3 latent_goldens.py            writes src/test/resources/golden/latent*.safetensors
    python3 latent_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The formulas are those of Hsu et al. 2023 (arXiv:2305.18378). Codes are those of the
positions of the values, the first dimension fastest.
"""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs, to_float32


def latent(levels, alpha, beta, moved):
    golden = Golden(script="latent_goldens.py", levels=" ".join(map(str, levels)), alpha=str(alpha), beta=str(beta))
    inputs = Inputs(f"latent {golden.metadata['levels']}")
    x = inputs.bell(4, 5, 3, len(levels), scale=0.4).requires_grad_()
    rows = [torch.linspace(-0.5, 0.5, n, dtype=torch.float64) if n % 2 else torch.arange(n).double() / n - 0.5 for n in levels]
    if moved:
        rows = [inputs.bell(n, scale=0.4) for n in levels]  # in no order
    values = to_float32(torch.cat(rows)).requires_grad_()
    chosen, codes, basis = [], 0, 1
    for i, own in enumerate(torch.split(values, levels)):
        distances = (x[..., i, None] - own).abs()
        near = distances.topk(2, largest=False).values
        assert (near[..., 1] - near[..., 0]).min() > 1e-6
        digits = distances.argmin(-1)
        chosen.append(own[digits])
        codes = codes + digits * basis
        basis *= len(own)
    q = torch.stack(chosen, -1)
    y = x + (q - x).detach()
    codebook = functional.mse_loss(q, x.detach())
    commitment = functional.mse_loss(x, q.detach())
    upstream = inputs.bell(*y.shape)
    ((upstream * y).sum() + alpha * codebook + beta * commitment).backward()
    golden.input("x", x)
    golden.input("values", values)
    golden.input("dy", upstream)
    golden.result("codes", codes)
    golden.result("y", q)
    golden.result("codebook", codebook.reshape(1))
    golden.result("commitment", commitment.reshape(1))
    golden.result("d.x", x.grad)
    golden.result("d.values", values.grad)
    return golden


goldens.FILES = {
    "latent": lambda name: latent([5, 8, 3], 0.1, 0.1, False),
    "latent_moved": lambda name: latent([4, 7, 2, 9], 2.0, 0.5, True),
}

if __name__ == "__main__":
    goldens.main()
