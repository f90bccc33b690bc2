#!/usr/bin/env python3
"""Golden values from PyTorch: loss and gradients of a VAE with fixed noise.

    python3 vae_goldens.py            writes src/test/resources/golden/vae_*.safetensors
    python3 vae_goldens.py --check    writes nothing, compares

File conventions as in goldens.py. Weights of linear maps are [in, out].
"""

import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional

import goldens
from goldens import Golden, Inputs, to_float32

BATCH, HEIGHT, WIDTH, CHANNELS = 3, 2, 3, 1
ENCODER, LATENT, DECODER = 5, 2, 4
BETA, LOG_VARIANCE = 0.7, -1.5


def vae(likelihood):
    """Kingma and Welling 2014: dense encoder and decoder, one hidden layer each, z = mu + sigma eps."""
    golden = Golden(script="vae_goldens.py", beta=str(BETA), latent=str(LATENT), likelihood=likelihood)
    inputs = Inputs(f"vae {likelihood}")
    pixels = HEIGHT * WIDTH * CHANNELS
    images = to_float32(inputs.bell(BATCH, HEIGHT, WIDTH, CHANNELS, scale=1 / 6) + 0.5)
    eps = inputs.bell(BATCH, LATENT)
    leaves = {}
    for name, rows, columns in (
        ("encoder.hidden.0", pixels, ENCODER), ("encoder.project", ENCODER, 2 * LATENT),
        ("decoder.hidden.0", LATENT, DECODER), ("decoder.project", DECODER, pixels),
    ):
        leaves[f"{name}.weight"] = inputs.bell(rows, columns, scale=0.5)
        leaves[f"{name}.bias"] = inputs.bell(columns, scale=0.3)
    if likelihood == "learned_gaussian":
        leaves["likelihood.logVariance"] = torch.tensor([LOG_VARIANCE], dtype=torch.float64)
    for leaf in leaves.values():
        leaf.requires_grad_()

    def linear(x, name):
        return x @ leaves[f"{name}.weight"] + leaves[f"{name}.bias"]

    def relu(x):
        assert x.abs().min() > 1e-4, "rounding to float could flip a ReLU"
        return functional.relu(x)

    mean, log_variance = linear(relu(linear(images.reshape(BATCH, -1) - 0.5, "encoder.hidden.0")), "encoder.project").split(LATENT, 1)
    posterior = Normal(mean, (0.5 * log_variance).exp())
    latents = mean + posterior.stddev * eps
    decoded = linear(relu(linear(latents, "decoder.hidden.0")), "decoder.project").reshape(images.shape)
    if likelihood == "bernoulli":
        reconstruction = functional.binary_cross_entropy_with_logits(decoded, images, reduction="sum") / BATCH
    else:
        sigma = (0.5 * leaves["likelihood.logVariance"]).exp()
        reconstruction = -Normal(decoded + 0.5, sigma).log_prob(images).sum() / BATCH
    kl = kl_divergence(posterior, Normal(torch.zeros_like(mean), torch.ones_like(mean))).mean(0)
    loss = reconstruction + BETA * kl.sum()
    loss.backward()

    golden.input("images", images)
    golden.input("eps", eps)
    for name, leaf in leaves.items():
        golden.input(name, leaf)
        golden.result(f"d.{name}", leaf.grad)
    golden.result("latents", latents)
    golden.result("reconstruction", reconstruction.reshape(1))
    golden.result("kl", kl)
    golden.result("loss", loss.reshape(1))
    return golden


goldens.FILES = {
    "vae_bernoulli": lambda name: vae("bernoulli"),
    "vae_learned_gaussian": lambda name: vae("learned_gaussian"),
}

if __name__ == "__main__":
    goldens.main()
