#!/usr/bin/env python3
"""Golden values from PyTorch: codes, values, loss terms and gradients of residual and grouped quantizers.

    python3 rvq_goldens.py            writes src/test/resources/golden/rvq_*.safetensors
    python3 rvq_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The stages are those of SoundStream (arXiv:2107.03312, algorithm 1), with the terms of
van den Oord et al. 2017 for each and one straight-through estimator at the end. `kept` is the number of stages of each
example, as the Descript Audio Codec (arXiv:2306.06546) draws it.
"""

import torch

import goldens
from goldens import Golden, Inputs


def residual(x, codebooks, kept, combination):
    """Returns the value, the codes and both terms; dropped stages add nothing."""
    rest, value, codes, errors = x, torch.zeros_like(x), [], []
    for stage, codebook in enumerate(codebooks):
        used = (kept > stage).reshape(-1, 1, 1)
        distances = torch.cdist(rest.detach(), codebook.detach().expand(x.shape[0], *codebook.shape))
        two = distances.topk(2, largest=False).values
        assert (two[..., 1] - two[..., 0]).min() > 1e-4, "rounding to float could change a code"
        nearest = distances.argmin(-1)
        q = codebook[nearest]
        errors.append(
            (
                torch.where(used, (rest.detach() - q) ** 2, 0).mean(),
                torch.where(used, (rest - q.detach()) ** 2, 0).mean(),
            )
        )
        codes.append(torch.where(used[..., 0], nearest, -1))
        selected = torch.where(used, q.detach(), 0)
        value = value + selected
        rest = rest - selected
    terms = torch.stack([torch.stack(both) for both in errors])
    terms = terms.sum(0) if combination == "SUM" else terms.mean(0)
    return x + (value - x).detach(), value, torch.stack(codes, -1), terms


def case(combination, stages, groups=1, shared=False, dropped=False):
    d, n, places = 3, 6, 5
    golden = Golden(
        script="rvq_goldens.py",
        combination=combination,
        stages=str(stages),
        groups=str(groups),
        shared="true" if shared else "false",
    )
    inputs = Inputs(f"rvq {combination} {stages} {groups} {shared} {dropped}")
    x = inputs.bell(n, places, groups * d).requires_grad_()
    kept = torch.tensor([1, stages, 2, stages, 1, 2] if dropped else [stages] * n)
    codebooks = []
    for group in range(groups):
        own = [inputs.bell(5 + i, d, scale=0.7**i) for i in range(1 if shared else stages)]
        codebooks.append([c.requires_grad_() for c in own])
    outputs = []
    for group in range(groups):
        tables = codebooks[group] * stages if shared else codebooks[group]
        outputs.append(residual(x[..., group * d : (group + 1) * d], tables, kept, combination))
    ste, value = (torch.cat([o[i] for o in outputs], -1) for i in (0, 1))
    codes = torch.cat([o[2] for o in outputs], -1)
    terms = torch.stack([o[3] for o in outputs]).mean(0)
    upstream = inputs.bell(*x.shape)
    ((upstream * ste).sum() + 1.0 * terms[0] + 0.25 * terms[1]).backward()
    golden.input("x", x)
    golden.input("dy", upstream)
    golden.result("kept", kept)
    golden.result("codes", codes)
    golden.result("y", value)
    golden.result("codebook", terms[0])
    golden.result("commitment", terms[1])
    golden.result("d.x", x.grad)
    for group in range(groups):
        for i, codebook in enumerate(codebooks[group]):
            prefix = (f"group{group}." if groups > 1 else "") + ("stage" if shared else f"stage{i}")
            golden.input(f"{prefix}.codebook", codebook)
            golden.result(f"d.{prefix}.codebook", codebook.grad)
    return golden


goldens.FILES = {
    "rvq_sum": lambda name: case("SUM", 3),
    "rvq_dropped": lambda name: case("MEAN", 3, dropped=True),
    "rvq_shared": lambda name: case("MEAN", 3, shared=True, dropped=True),
    "rvq_grouped": lambda name: case("MEAN", 2, groups=2),
}

if __name__ == "__main__":
    goldens.main()
