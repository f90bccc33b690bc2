#!/usr/bin/env python3
"""Golden values from PyTorch: codes, values, terms and gradients of SimVQ.

    python3 simvq_goldens.py            writes src/test/resources/golden/simvq*.safetensors
    python3 simvq_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The formulas are those of Zhu et al. 2024 (arXiv:2411.02038), with a straight-through
gradient.
"""

from torch.nn import functional

import goldens
from goldens import Golden, Inputs


def simvq(k, d, m, bias, alpha, beta):
    golden = Golden(script="simvq_goldens.py", codebook_weight=str(alpha), commitment_weight=str(beta))
    inputs = Inputs(f"simvq {k} {d} {m}")
    leaves = {"x": inputs.bell(4, 5, 2, d), "projection.weight": inputs.bell(m, d)}
    if bias:
        leaves["projection.bias"] = inputs.bell(d, scale=0.5)
    for leaf in leaves.values():
        leaf.requires_grad_()
    fixed = inputs.bell(k, m, scale=m ** -0.5)
    codebook = fixed @ leaves["projection.weight"] + leaves.get("projection.bias", 0)
    x = leaves["x"]
    distances = ((x[..., None, :] - codebook) ** 2).sum(-1)
    nearest = distances.topk(2, largest=False).values
    assert (nearest[..., 1] - nearest[..., 0]).min() > 1e-5, "rounding to float could change a code"
    codes = distances.argmin(-1)
    selected = codebook[codes]
    y = x + (selected - x).detach()
    terms = {"codebook": functional.mse_loss(selected, x.detach()), "commitment": functional.mse_loss(x, selected.detach())}
    upstream = inputs.bell(*y.shape)
    ((upstream * y).sum() + alpha * terms["codebook"] + beta * terms["commitment"]).backward()
    golden.input("fixed", fixed)
    golden.input("dy", upstream)
    golden.result("codes", codes)
    golden.result("y", selected)
    for name, term in terms.items():
        golden.result(name, term.reshape(1))
    for name, leaf in leaves.items():
        golden.input(name, leaf)
        golden.result(f"d.{name}", leaf.grad)
    return golden


goldens.FILES = {
    "simvq": lambda name: simvq(20, 4, 4, False, 1.0, 0.25),
    "simvq_bias": lambda name: simvq(60, 3, 5, True, 0.7, 0.5),
}

if __name__ == "__main__":
    goldens.main()
