#!/usr/bin/env python3
"""Golden values from PyTorch: codes, values, terms and gradients of index backpropagation quantization.

    python3 ibq_goldens.py            writes src/test/resources/golden/ibq*.safetensors
    python3 ibq_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The formulas are those of Shi et al. 2024 (arXiv:2412.02692), with entropies without a
clamped logarithm.
"""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs


def ibq(k, d, quantization, commitment, codebook, entropy, temperature, scale=1.0):
    golden = Golden(script="ibq_goldens.py", quantization_weight=str(quantization), commitment_weight=str(commitment),
                    codebook_weight=str(codebook), entropy_weight=str(entropy), temperature=str(temperature))
    inputs = Inputs(f"ibq {k} {d}")
    x = inputs.bell(4, 5, 2, d, scale=scale).requires_grad_()
    table = inputs.bell(k, d).requires_grad_()
    logits = x @ table.T
    best = logits.topk(2).values
    assert (best[..., 0] - best[..., 1]).min() > 1e-5, "rounding to float could change a code"
    codes = logits.argmax(-1)
    soft = torch.softmax(logits, -1)
    hard = functional.one_hot(codes, k).double()
    y = (hard - soft.detach() + soft) @ table
    selected = hard @ table
    p = torch.softmax(logits / temperature, -1).reshape(-1, k)
    log_p = torch.log_softmax(logits / temperature, -1).reshape(-1, k)
    mean = p.mean(0)
    assert mean.min() > 0
    terms = {
        "quantization": ((y - x) ** 2).mean(),
        "commitment": ((selected.detach() - x) ** 2).mean(),
        "codebook_term": ((selected - x.detach()) ** 2).mean(),
        "entropy": (mean * mean.log()).sum() - (p * log_p).sum(-1).mean(),
    }
    weights = [quantization, commitment, codebook, entropy]
    upstream = inputs.bell(*y.shape)
    ((upstream * y).sum() + sum(w * term for w, term in zip(weights, terms.values()))).backward()
    golden.input("dy", upstream)
    golden.result("codes", codes)
    golden.result("y", selected)
    for name, term in terms.items():
        golden.result(name, term.reshape(1))
    for name, leaf in {"x": x, "codebook": table}.items():
        golden.input(name, leaf)
        golden.result(f"d.{name}", leaf.grad)
    return golden


goldens.FILES = {
    "ibq": lambda name: ibq(20, 4, 1.0, 1.0, 0.25, 0.05, 0.01, scale=0.1),
    "ibq_sharp": lambda name: ibq(50, 3, 0.5, 0.7, 1.5, 2.0, 0.8, scale=2.0),
}

if __name__ == "__main__":
    goldens.main()
