#!/usr/bin/env python3
"""Golden values from PyTorch: codes, loss and gradients of a VQ-VAE-2 with two levels.

    python3 vqvae2_goldens.py            writes src/test/resources/golden/vqvae2.safetensors
    python3 vqvae2_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. The network is that of Razavi et al. 2019 in the form of rosinality/vq-vae-2-pytorch,
with one stride of 2 in each level.
"""

import torch
from torch.nn import functional

import goldens
from goldens import Golden, Inputs, to_float32

BATCH, SIZE, CHANNELS, HIDDEN, BLOCK, D, K = 2, 8, 2, 4, 2, 3, 5
ALPHA, BETA, VARIANCE = 1.0, 0.25, 0.07

# name -> kernel, in, out; transposed convolutions have a T
CONVOLUTIONS = {
    "bottom.encoder.0": (4, CHANNELS, HIDDEN // 2), "bottom.encoder.1": (3, HIDDEN // 2, HIDDEN),
    "bottom.encoder.2.0.conv": (3, HIDDEN, BLOCK), "bottom.encoder.2.0.project": (1, BLOCK, HIDDEN),
    "top.encoder.0": (4, HIDDEN, HIDDEN // 2), "top.encoder.1": (3, HIDDEN // 2, HIDDEN),
    "top.encoder.2.0.conv": (3, HIDDEN, BLOCK), "top.encoder.2.0.project": (1, BLOCK, HIDDEN),
    "top.project": (1, HIDDEN, D), "bottom.project": (1, D + HIDDEN, D),
    "top.decoder.mix": (3, D, HIDDEN),
    "top.decoder.residual.0.conv": (3, HIDDEN, BLOCK), "top.decoder.residual.0.project": (1, BLOCK, HIDDEN),
    "bottom.decoder.mix": (3, 2 * D, HIDDEN),
    "bottom.decoder.residual.0.conv": (3, HIDDEN, BLOCK), "bottom.decoder.residual.0.project": (1, BLOCK, HIDDEN),
}
TRANSPOSED = {
    "top.decoder.up.0": (4, HIDDEN, D), "bottom.decoder.up.0": (4, HIDDEN, CHANNELS), "top.upsample.0": (4, D, D),
}


def vqvae2():
    golden = Golden(script="vqvae2_goldens.py", alpha=str(ALPHA), beta=str(BETA), variance=str(VARIANCE))
    inputs = Inputs("vqvae2")
    images = to_float32(inputs.bell(BATCH, SIZE, SIZE, CHANNELS, scale=1 / 6) + 0.5)
    leaves = {}
    for name, (kernel, before, after) in {**CONVOLUTIONS, **TRANSPOSED}.items():
        first, second = (after, before) if name in TRANSPOSED else (before, after)
        leaves[f"{name}.weight"] = inputs.bell(kernel, kernel, first, second, scale=(2 / (kernel * kernel * before)) ** 0.5)
        leaves[f"{name}.bias"] = inputs.bell(after, scale=0.2)
    for level in ("top", "bottom"):
        leaves[f"{level}.quantizer.codebook"] = inputs.bell(K, D, scale=0.3)
    for leaf in leaves.values():
        leaf.requires_grad_()

    def conv(x, name, stride=1):
        weight = leaves[f"{name}.weight"]
        bias = leaves[f"{name}.bias"]
        if name in TRANSPOSED:  # [kh, kw, out, in] -> [in, out, kh, kw]
            return functional.conv_transpose2d(x, weight.permute(3, 2, 0, 1), bias, stride=2, padding=1)
        kernel = weight.shape[0]
        return functional.conv2d(x, weight.permute(3, 2, 0, 1), bias, stride=stride, padding=0 if kernel == 1 else 1)

    def relu(x):
        assert x.abs().min() > 1e-5, "rounding to float could flip a ReLU"
        return functional.relu(x)

    def residual(x, name):
        return relu(x + conv(relu(conv(relu(x), f"{name}.conv")), f"{name}.project"))

    def encode(x, level):
        return residual(conv(relu(conv(x, f"{level}.encoder.0", 2)), f"{level}.encoder.1"), f"{level}.encoder.2.0")

    def decode(x, level):
        return conv(residual(conv(x, f"{level}.decoder.mix"), f"{level}.decoder.residual.0"), f"{level}.decoder.up.0")

    def quantize(z, level):
        codebook = leaves[f"{level}.quantizer.codebook"]
        rows = z.permute(0, 2, 3, 1)
        distances = ((rows.unsqueeze(-2) - codebook) ** 2).sum(-1)
        nearest = distances.sort(-1).values
        assert (nearest[..., 1] - nearest[..., 0]).min() > 1e-4, "rounding to float could change a code"
        codes = distances.argmin(-1)
        vectors = codebook[codes]
        terms = ALPHA * functional.mse_loss(vectors, rows.detach()) + BETA * functional.mse_loss(rows, vectors.detach())
        straight = rows + (vectors - rows).detach()
        golden.result(f"codes.{level}", codes)
        return straight.permute(0, 3, 1, 2), terms

    centered = images.permute(0, 3, 1, 2) - 0.5
    bottom = encode(centered, "bottom")
    top = encode(bottom, "top")
    top_quantized, top_terms = quantize(conv(top, "top.project"), "top")
    latents = conv(torch.cat([decode(top_quantized, "top"), bottom], 1), "bottom.project")
    bottom_quantized, bottom_terms = quantize(latents, "bottom")
    joined = torch.cat([conv(top_quantized, "top.upsample.0"), bottom_quantized], 1)
    reconstruction = decode(joined, "bottom")
    loss = functional.mse_loss(reconstruction, centered) / VARIANCE + top_terms + bottom_terms
    loss.backward()

    golden.input("images", images)
    for name, leaf in leaves.items():
        golden.input(name, leaf)
        golden.result(f"d.{name}", leaf.grad)
    golden.result("reconstruction", reconstruction.permute(0, 2, 3, 1) + 0.5)
    golden.result("loss", loss.reshape(1))
    return golden


goldens.FILES = {"vqvae2": lambda name: vqvae2()}

if __name__ == "__main__":
    goldens.main()
