#!/usr/bin/env python3
"""Golden values from PyTorch: the options of vector quantizers, and projected ones.

    python3 vq_option_goldens.py            writes src/test/resources/golden/vq_option_*.safetensors
    python3 vq_option_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. Everything is computed with autograd from the papers' formulas: the rotation trick
from the rotation matrix of each row, DiVeQ from its error vector. Random draws are arrays.
"""

import torch

import goldens
from goldens import Golden, Inputs


def unit(x):
    length = x.norm(dim=-1, keepdim=True)
    return torch.where(length > 1e-12, x / torch.where(length > 1e-12, length, torch.ones_like(length)), 0 * x)


def nearest(rows, table):
    distances = ((rows[:, None] - table[None]) ** 2).sum(-1)
    two = distances.topk(2, largest=False).values
    assert (two[:, 1] - two[:, 0]).min() > 1e-5, "rounding to float could change a code"
    return distances.argmin(-1)


def straight_through(x, q):
    return x + (q - x).detach()


def rotation(x, q):
    """One matrix a row: the rotation from x to q, scaled."""
    rows = []
    for z, c in zip(x, q.detach()):
        a, b = unit(z.detach()), unit(c)
        w = unit(a + b)
        matrix = torch.eye(len(a), dtype=a.dtype) - 2 * torch.outer(w, w) + 2 * torch.outer(b, a)
        assert torch.allclose(matrix @ matrix.T, torch.eye(len(a), dtype=a.dtype), atol=1e-12)
        rows.append(c.norm() / z.detach().norm() * (matrix @ z))
    return torch.stack(rows)


def diveq(x, q, noise):
    v = q - x
    return x + v.norm(dim=-1, keepdim=True) * unit(v + noise).detach()


def options(update="gradient", distance="euclidean", estimator="straight_through", orthogonality=0.0, noise=0.0,
            project=0, moments=False, k=7, d=3):
    settings = {"update": update, "distance": distance, "estimator": estimator, "project": str(project)}
    inputs = Inputs(f"vq options {settings} {orthogonality} {noise} {moments}")
    golden = Golden(script="vq_option_goldens.py", alpha="0.8", beta="0.3", orthogonality=str(orthogonality), **settings)
    leaves = {"x": inputs.bell(4, 5, project or d), "codebook": inputs.bell(k, d)}
    if project:
        leaves["projectIn.weight"] = inputs.bell(project, d, scale=0.8)
        leaves["projectIn.bias"] = inputs.bell(d, scale=0.2)
        leaves["projectOut.weight"] = inputs.bell(d, project, scale=0.8)
        leaves["projectOut.bias"] = inputs.bell(project, scale=0.2)
    for leaf in leaves.values():
        leaf.requires_grad_()
    x = leaves["x"].reshape(-1, project or d)
    if project:
        x = x @ leaves["projectIn.weight"] + leaves["projectIn.bias"]
    table = leaves["codebook"]
    if moments:
        statistics = torch.stack([inputs.bell(d), 1 + inputs.bell(d) ** 2, inputs.bell(d), 1 + inputs.bell(d) ** 2])
        statistics = goldens.to_float32(statistics)
        golden.input("moments", statistics)
        mean_b, var_b, mean_c, var_c = statistics
        table = (table - mean_c) * (var_b / var_c).sqrt() + mean_b
    if distance == "cosine":
        x, table = unit(x), unit(table)
    searched = (unit(x), unit(table)) if distance != "euclidean" else (x, table)
    codes = nearest(searched[0].detach(), searched[1].detach())
    q = table[codes]
    terms = {}
    if estimator == "diveq":
        draws = inputs.bell(*x.shape, scale=noise) if noise else torch.zeros_like(x)
        if noise:
            golden.input("noise", draws)
        y = diveq(x, q, draws)
    else:
        y = rotation(x, q) if estimator == "rotation" else straight_through(x, q)
        assert torch.allclose(y, q, atol=1e-12)
        if update == "gradient":
            terms["codebook"] = 0.8, ((q - x.detach()) ** 2).mean()
        terms["commitment"] = 0.3, ((q.detach() - x) ** 2).mean()
    if orthogonality:
        directions = leaves["codebook"] / leaves["codebook"].norm(dim=1, keepdim=True)
        terms["orthogonality"] = orthogonality, ((directions @ directions.T) ** 2).mean() - 1 / k
    if project:
        y = y @ leaves["projectOut.weight"] + leaves["projectOut.bias"]
    upstream = inputs.bell(*leaves["x"].shape)
    loss = (upstream.reshape(y.shape) * y).sum()
    for weight, value in terms.values():
        loss = loss + weight * value
    loss.backward()
    golden.input("dy", upstream)
    golden.result("codes", codes.reshape(4, 5))
    golden.result("y", y.reshape(leaves["x"].shape))
    for name, (_, value) in terms.items():
        golden.result(f"term.{name}", value)
    for name, leaf in leaves.items():
        golden.input(name, leaf)
        if leaf.grad is not None and (name != "codebook" or update == "gradient"):
            golden.result(f"d.{name}", leaf.grad)
    return golden


def sampled():
    """Codes at which the cumulative probability exceeds a uniform number, and their Gumbel form's probabilities."""
    golden, inputs, temperature = Golden(script="vq_option_goldens.py", temperature="0.7"), Inputs("vq sampled"), 0.7
    x, codebook = inputs.bell(40, 3), inputs.bell(6, 3)
    uniform = goldens.to_float32(torch.tensor([[inputs.random.random()] for _ in range(40)], dtype=torch.float64))
    probabilities = torch.softmax(-torch.cdist(x, codebook) ** 2 / temperature, -1)
    sums = probabilities.cumsum(-1)
    assert (sums - uniform).abs().min() > 1e-5, "rounding to float could change a code"
    golden.input("x", x)
    golden.input("codebook", codebook)
    golden.input("uniform", uniform)
    golden.result("codes", (uniform >= sums).sum(-1))
    return golden


goldens.FILES = {
    "vq_option_cosine": lambda name: options(distance="cosine"),
    "vq_option_cosine_lookup": lambda name: options(distance="cosine_lookup", orthogonality=0.6),
    "vq_option_rotation": lambda name: options(update="ema", estimator="rotation"),
    "vq_option_cosine_rotation": lambda name: options(distance="cosine", estimator="rotation", d=4),
    "vq_option_diveq": lambda name: options(estimator="diveq", noise=0.3),
    "vq_option_diveq_detached": lambda name: options(estimator="diveq"),
    "vq_option_affine": lambda name: options(moments=True),
    "vq_option_affine_rotation": lambda name: options(update="ema", moments=True, estimator="rotation"),
    "vq_option_projected": lambda name: options(project=5),
    "vq_option_projected_cosine": lambda name: options(project=2, distance="cosine"),
    "vq_option_sampled": lambda name: sampled(),
}

if __name__ == "__main__":
    goldens.main()
