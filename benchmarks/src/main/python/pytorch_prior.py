"""The gated PixelCNN of vqvae4j's package prior in PyTorch, a peer of the benchmarks. pytorch_peer.py runs it.

The network is that of van den Oord et al. 2016 (arXiv:1606.05328) with the settings of PixelCnnConfig. Tensors are
[n, channels, rows, columns]. The names of the modules are those of vqvae4j's files, whose filters have the shape
[kernel rows, kernel columns, in, out].
"""

import itertools

import torch
from torch import nn
from torch.nn import functional

LAYERS = 15
CLASSES = 10
RATE = 1e-3
BATCHES = 4
EVALUATED = 500


class GatedLayer(nn.Module):
    """A layer of both stacks. The first one sees neither the current row nor the current column."""

    def __init__(self, channels, kernel, classes, first, last):
        super().__init__()
        self.first = first
        self.last = last
        self.half = kernel // 2
        self.vertical = nn.Conv2d(channels, 2 * channels, (self.half + 1, kernel))
        self.horizontal = nn.Conv2d(channels, 2 * channels, (1, self.half + 1))
        self.link = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.output = nn.Conv2d(channels, channels, 1)
        self.classes = nn.Embedding(classes, 2 * channels)
        above, before = torch.ones_like(self.vertical.weight), torch.ones_like(self.horizontal.weight)
        if first:
            above[:, :, -1] = 0
            before[:, :, :, -1] = 0
        self.register_buffer("above", above, persistent=False)
        self.register_buffer("before", before, persistent=False)

    def forward(self, vertical, horizontal, labels):
        bias = self.classes(labels)[:, :, None, None]
        half = self.half
        v = convolve(functional.pad(vertical, (half, half, half, 0)), self.vertical, self.above, self.first)
        h = convolve(functional.pad(horizontal, (half, 0)), self.horizontal, self.before, self.first)
        output = self.output(gate(self.link(v) + bias + h))
        return None if self.last else gate(v + bias), output if self.first else output + horizontal


def convolve(x, layer, mask, masked):
    return functional.conv2d(x, layer.weight * mask if masked else layer.weight, layer.bias)


def gate(x):
    a, b = x.chunk(2, 1)
    return torch.tanh(a) * torch.sigmoid(b)


class PixelCnn(nn.Module):
    """A prior over code maps [n, rows, columns] of K codes, given a class."""

    def __init__(self, codebook_size, layers, classes, channels=64, first_kernel=7, kernel=3, head_channels=512):
        super().__init__()
        self.codes = nn.Embedding(codebook_size, channels)
        for i in range(layers):
            size = kernel if i else first_kernel
            self.add_module(f"layer{i}", GatedLayer(channels, size, classes, i == 0, i == layers - 1))
        self.layers = layers
        self.head = nn.ModuleList([nn.Conv2d(channels, head_channels, 1), nn.Conv2d(head_channels, codebook_size, 1)])

    def load(self, arrays):
        """Copies the parameters of a file."""
        with torch.no_grad():
            for name, value in self.named_parameters():
                array = arrays[name]
                value.copy_(array.permute(3, 2, 0, 1) if array.dim() == 4 else array)

    def logits(self, codes, labels):
        embedded = self.codes(codes).permute(0, 3, 1, 2)
        vertical, horizontal = embedded, embedded
        for i in range(self.layers):
            vertical, horizontal = getattr(self, f"layer{i}")(vertical, horizontal, labels)
        return self.head[1](functional.relu(self.head[0](horizontal)))

    def loss(self, codes, labels):
        return functional.cross_entropy(self.logits(codes, labels), codes)


class Trainer:
    """Trains a prior. `compiled` applies torch.compile to the loss."""

    def __init__(self, prior, mode, layout, rate):
        prior.to(memory_format=torch.channels_last if layout == "channels-last" else torch.contiguous_format)
        self.loss = torch.compile(prior.loss) if mode == "compiled" else prior.loss
        self.adam = torch.optim.Adam(prior.parameters(), lr=rate, fused=True)

    def step(self, codes, labels):
        loss = self.loss(codes, labels)
        loss.backward()
        self.adam.step()
        self.adam.zero_grad()
        return loss.item()


def held_out(prior, codes, labels):
    """Returns the mean cross-entropy of codes in nats."""
    with torch.inference_mode():
        parts = zip(codes.split(EVALUATED), labels.split(EVALUATED))
        return sum(prior.loss(*part).item() * len(part[0]) for part in parts) / len(codes)


def measure(mode, layout, timer, batch, codebook_size, size):
    """Times training steps on random codes."""
    trainer = Trainer(PixelCnn(codebook_size, LAYERS, CLASSES), mode, layout, RATE)
    codes = torch.randint(codebook_size, (BATCHES, batch, size, size))
    labels = torch.randint(CLASSES, (BATCHES, batch))
    for i in itertools.cycle(range(BATCHES)):
        trainer.step(codes[i], labels[i])
        if not timer.end_repetition():
            return


def losses(mode, layout, arrays, layers, batch, prior):
    """Returns the losses of training steps on the codes of a file in their order, from given parameters."""
    codes, labels = arrays["codes"].long(), arrays["labels"].long()
    network = PixelCnn(prior["codes.weight"].shape[0], layers, CLASSES)
    network.load(prior)
    trainer = Trainer(network, mode, layout, RATE)
    return [trainer.step(*part) for part in zip(codes.split(batch), labels.split(batch))]


def random_batches(count, batch):
    """Yields the indices of whole batches, in a new order for each epoch, without end."""
    while True:
        yield from torch.randperm(count).split(batch)[: count // batch]


def train(mode, layout, arrays, codebook_size, layers, batch, steps, seed):
    """Trains from PyTorch's own initial parameters and returns the cross-entropy of the held-out codes in nats."""
    torch.manual_seed(seed)
    codes, labels = arrays["codes"].long(), arrays["labels"].long()
    network = PixelCnn(codebook_size, layers, CLASSES)
    trainer = Trainer(network, mode, layout, RATE)
    for indices in itertools.islice(random_batches(len(codes), batch), steps):
        trainer.step(codes[indices], labels[indices])
    return held_out(network, arrays["heldOutCodes"].long(), arrays["heldOutLabels"].long())
