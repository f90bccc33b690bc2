#!/usr/bin/env python3
"""Golden values from PyTorch: codes of the random-projection quantizer of BEST-RQ (arXiv:2202.01855).

    python3 random_projection_goldens.py            writes src/test/resources/golden/random_projection.safetensors
    python3 random_projection_goldens.py --check    writes nothing, compares

File conventions as in goldens.py.
"""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs, to_float32


def random_projection(heads=2, dimension=12, size=40, width=5):
    golden = Golden(script="random_projection_goldens.py")
    inputs = Inputs("random projection")
    x = to_float32(inputs.bell(4, 7, dimension, scale=2.0) + 3)
    projection = inputs.bell(heads, dimension, width)
    codebook = to_float32(functional.normalize(inputs.bell(heads, size, width), dim=-1))
    y = torch.einsum("...i,hij->...hj", functional.layer_norm(x, [dimension]), projection)
    cosines = torch.einsum("...hj,hkj->...hk", functional.normalize(y, dim=-1), functional.normalize(codebook, dim=-1))
    best = cosines.topk(2).values
    assert (best[..., 0] - best[..., 1]).min() > 1e-5
    golden.input("x", x)
    golden.input("projection", projection)
    golden.input("codebook", codebook)
    golden.result("codes", cosines.argmax(-1))
    return golden


goldens.FILES = {"random_projection": lambda name: random_projection()}

if __name__ == "__main__":
    goldens.main()
