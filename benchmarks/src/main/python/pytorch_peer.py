"""The model sonnet-cifar10 in PyTorch, the baseline `pytorch` of the benchmarks. Needs the package torch only. The
prior is in pytorch_prior.py.

    pytorch_peer.py probe
        prints a JSON object: torch's version, and why torch.compile does not work here (null if it does)
    pytorch_peer.py measure MODE LAYOUT THREADS TASK BATCH CODEBOOK_SIZE IMAGE_SIZE
        measures a workload with the protocol of Child.java: prints a line of JSON after the first repetition; each line
        of input is the length of a further turn in seconds, after which it prints another line
    pytorch_peer.py losses MODE LAYOUT THREADS MODEL IMAGES BATCH
        prints the losses of training steps as a JSON array. MODEL and IMAGES are safetensors files: the initial
        parameters of a model saved by vqvae4j, and the images of all steps with the variance of the data
    pytorch_peer.py prior-losses MODE LAYOUT THREADS PRIOR CODES LAYERS BATCH
        the same for a prior and the codes of all steps with their labels
    pytorch_peer.py prior-train MODE LAYOUT THREADS CODES CODEBOOK_SIZE LAYERS BATCH STEPS SEED
        trains a prior from PyTorch's initial parameters and prints the held-out cross-entropy in nats

MODE is eager or compiled, LAYOUT is contiguous or channels-last. The statements are those of the libtorch baseline
(libtorch/Network.java, Codebook.java), except that torch's fused Adam is used, and counts of fixed size instead of
bincount, so that torch.compile captures a step in one graph.
"""

import json
import statistics
import struct
import sys
import time

import pytorch_prior
import torch
from torch import nn
from torch.nn import functional

LEARNING_RATE = 3e-4
COMMITMENT = 0.25
DECAY = 0.99
EPSILON = 1e-5
CENTER = 0.5
HIDDEN = 128
RESIDUAL_HIDDEN = 32
DIMENSION = 64
REDUCTION = 4
BATCHES = 4
MIN_REPETITIONS = 3
STATUS = "/proc/self/status"
DTYPES = {"F32": torch.float32, "I32": torch.int32}


class Residual(nn.Module):
    """A residual block."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(HIDDEN, RESIDUAL_HIDDEN, 3, padding=1)
        self.project = nn.Conv2d(RESIDUAL_HIDDEN, HIDDEN, 1)

    def forward(self, x):
        return x + self.project(functional.relu(self.conv(functional.relu(x))))


class Encoder(nn.Module):
    """Maps images [n, 3, h, w] to latents [n, 64, h/4, w/4]. The names are those of vqvae4j's model files."""

    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList(
            [nn.Conv2d(3, HIDDEN // 2, 4, 2, 1), nn.Conv2d(HIDDEN // 2, HIDDEN, 4, 2, 1)]
        )
        self.mix = nn.Conv2d(HIDDEN, HIDDEN, 3, padding=1)
        self.residual = nn.ModuleList([Residual(), Residual()])
        self.project = nn.Conv2d(HIDDEN, DIMENSION, 1)

    def forward(self, x):
        for layer in (*self.down, self.mix):
            x = functional.relu(layer(x))
        for block in self.residual:
            x = block(x)
        return self.project(functional.relu(x))


class Decoder(nn.Module):
    """Maps latents [n, 64, h/4, w/4] to centered images [n, 3, h, w]."""

    def __init__(self):
        super().__init__()
        self.mix = nn.Conv2d(DIMENSION, HIDDEN, 3, padding=1)
        self.residual = nn.ModuleList([Residual(), Residual()])
        self.up = nn.ModuleList(
            [nn.ConvTranspose2d(HIDDEN, HIDDEN // 2, 4, 2, 1), nn.ConvTranspose2d(HIDDEN // 2, 3, 4, 2, 1)]
        )

    def forward(self, x):
        x = self.mix(x)
        for block in self.residual:
            x = block(x)
        return self.up[1](functional.relu(self.up[0](functional.relu(x))))


class Codebook(nn.Module):
    """The codebook with its zero-debiased moving averages."""

    def __init__(self, size):
        super().__init__()
        bound = (3 / DIMENSION) ** 0.5
        self.register_buffer("embeddings", torch.empty(size, DIMENSION).uniform_(-bound, bound))
        self.register_buffer("count", torch.zeros(size))
        self.register_buffer("sum", torch.zeros(size, DIMENSION))
        self.register_buffer("debias", torch.zeros(()))

    def nearest(self, latents):
        """Returns the nearest codes [n] of latents [n, D]."""
        norms = self.embeddings.square().sum(1)
        return torch.min(torch.addmm(norms, latents, self.embeddings.t(), alpha=-2), 1).indices

    def update(self, latents, codes):
        """Updates the moving averages and the codebook."""
        self.count.lerp_(torch.zeros_like(self.count).index_add_(0, codes, torch.ones_like(latents[:, 0])), 1 - DECAY)
        self.sum.lerp_(torch.zeros_like(self.sum).index_add_(0, codes, latents), 1 - DECAY)
        self.debias.mul_(DECAY).add_(1 - DECAY)
        counts = self.count / self.debias
        total = counts.sum()
        smoothed = (counts + EPSILON) * (total / (total + len(counts) * EPSILON)) * self.debias
        torch.div(self.sum, smoothed.unsqueeze(1), out=self.embeddings)


class Model(nn.Module):
    """The model with its settings. `compiled` applies torch.compile to whole passes."""

    def __init__(self, mode, layout, codebook_size):
        super().__init__()
        self.format = torch.channels_last if layout == "channels-last" else torch.contiguous_format
        self.encoder = Encoder()
        self.quantizer = Codebook(codebook_size)
        self.decoder = Decoder()
        self.to(memory_format=self.format)
        compiler = torch.compile if mode == "compiled" else lambda function: function
        self.loss = compiler(self.compute_loss)
        self.update = compiler(self.quantizer.update)
        self.reconstruct = compiler(self.compute_reconstruction)

    def load(self, arrays):
        """Copies the parameters of a model file, whose filters have the shape [kernel, kernel, in, out]."""
        values = {name.replace("embeddings", "codebook"): value for name, value in self.named_parameters()}
        values["quantizer.codebook"] = self.quantizer.embeddings
        with torch.no_grad():
            for name, value in values.items():
                array = arrays[name]
                value.copy_(array.permute(3, 2, 0, 1) if array.dim() == 4 else array)

    def images(self, pixels):
        """Converts bytes or values in [0, 1], [n, h, w, 3], to centered images [n, 3, h, w]."""
        values = pixels / 255 if pixels.dtype == torch.uint8 else pixels
        return (values - CENTER).permute(0, 3, 1, 2).contiguous(memory_format=self.format)

    def rows(self, outputs):
        """Converts [n, 64, h, w] to rows [n h w, 64]."""
        return outputs.permute(0, 2, 3, 1).reshape(-1, DIMENSION)

    def maps(self, codes, like):
        """Returns the embeddings of codes as a tensor [n, 64, h, w] of the size of another."""
        n, _, height, width = like.shape
        rows = torch.index_select(self.quantizer.embeddings, 0, codes)
        return rows.view(n, height, width, DIMENSION).permute(0, 3, 1, 2).contiguous(memory_format=self.format)

    def compute_loss(self, images, variance):
        """Returns the loss, the latents [n, D] and their codes [n]."""
        outputs = self.encoder(images)
        latents = self.rows(outputs.detach())
        codes = self.quantizer.nearest(latents)
        quantized = self.maps(codes, outputs)
        reconstruction = self.decoder(outputs + (quantized - outputs).detach())
        loss = functional.mse_loss(reconstruction, images) / variance
        return loss + COMMITMENT * functional.mse_loss(outputs, quantized), latents, codes

    def compute_reconstruction(self, pixels):
        """Reconstructs images [n, h, w, 3] of bytes as values around [0, 1], [n, 3, h, w]."""
        outputs = self.encoder(self.images(pixels))
        codes = self.quantizer.nearest(self.rows(outputs))
        return self.decoder(self.maps(codes, outputs)) + CENTER

    def train_on(self, batches, variance, should_continue):
        """Trains on batches [n, h, w, 3] until `should_continue(loss)` returns false."""
        adam = torch.optim.Adam(self.parameters(), lr=LEARNING_RATE, fused=True)
        for batch in batches:
            loss, latents, codes = self.loss(self.images(batch), variance)
            loss.backward()
            adam.step()
            adam.zero_grad()
            with torch.no_grad():
                self.update(latents, codes)
            if not should_continue(loss.item()):
                return


class Timer:
    """Times repetitions, grouped into turns as by Timer.java."""

    def __init__(self):
        self.seconds = []
        self.turn_start = None
        self.turn_seconds = 0.0
        self.start = time.perf_counter()

    def end_repetition(self, _loss=None):
        """Records the end of a repetition and returns whether to run another one."""
        now = time.perf_counter()
        self.seconds.append(now - self.start)
        if self.turn_start is None or (
            len(self.seconds) >= MIN_REPETITIONS and now - self.turn_start >= self.turn_seconds
        ):
            self.turn_seconds = next_turn(statistics.median(self.seconds))
            self.seconds.clear()
            self.turn_start = time.perf_counter()
        self.start = time.perf_counter()
        return self.turn_seconds > 0


def next_turn(median):
    """Reports a turn and waits for the length of the next one; 0 at the end of the input."""
    measurement = {"seconds": median, "peakMebibytes": peak_mebibytes(), "finishedAt": int(time.time() * 1000)}
    print(json.dumps(measurement), flush=True)
    line = sys.stdin.readline()
    return float(line) if line.strip() else 0.0


def peak_mebibytes():
    try:
        with open(STATUS, encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    except FileNotFoundError:
        return float("nan")


def random_batches(images, batch):
    """Yields batches in random order, without end."""
    while True:
        for indices in torch.randperm(len(images)).split(batch):
            yield images[indices]


def measure(model, task, batch, image_size):
    timer = Timer()
    if task == "TRAINING":
        images = torch.randint(256, (BATCHES * batch, image_size, image_size, 3), dtype=torch.uint8)
        variance = torch.var(images / 255, correction=0)
        model.train_on(random_batches(images, batch), variance, timer.end_repetition)
    elif task == "RECONSTRUCTION":
        images = torch.randint(256, (batch, image_size, image_size, 3), dtype=torch.uint8)
        with torch.inference_mode():
            model.reconstruct(images)
            while timer.end_repetition():
                model.reconstruct(images)
    else:
        raise ValueError(f"expected the task TRAINING or RECONSTRUCTION, got {task}")


def losses(model, model_file, image_file, batch):
    arrays = read_safetensors(image_file)
    model.load(read_safetensors(model_file))
    values = []
    model.train_on(arrays["images"].split(batch), arrays["variance"], lambda loss: values.append(loss) or True)
    print(json.dumps(values))


def read_safetensors(file):
    """Returns the arrays of floats and integers of a file by name."""
    with open(file, "rb") as source:
        data = bytearray(source.read())
    (length,) = struct.unpack("<Q", data[:8])
    arrays = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if entry.get("dtype") in DTYPES:
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            count, dtype = (end - start) // 4, DTYPES[entry["dtype"]]
            arrays[name] = torch.frombuffer(data, dtype=dtype, offset=start, count=count).view(entry["shape"])
    return arrays


def probe():
    """Prints the version, and why torch.compile does not work: usually, there is no C++ compiler."""
    reason = None
    try:
        torch.compile(lambda x: x.sin() + 1)(torch.ones(7))
    except Exception as e:  # Any failure of the compiler is the answer to this question.
        reason = f"{type(e).__name__}: {e}".splitlines()[0]
    print(json.dumps({"version": torch.__version__, "compileFailure": reason}))


def main(command, *arguments):
    torch.manual_seed(42)
    if command == "probe":
        probe()
        return
    mode, layout, threads, *rest = arguments
    torch.set_num_threads(int(threads))
    if command == "losses":
        losses(Model(mode, layout, 512), rest[0], rest[1], int(rest[2]))
    elif command == "prior-losses":
        prior, codes = read_safetensors(rest[0]), read_safetensors(rest[1])
        print(json.dumps(pytorch_prior.losses(mode, layout, codes, *map(int, rest[2:]), prior)))
    elif command == "prior-train":
        codes = read_safetensors(rest[0])
        print(json.dumps([pytorch_prior.train(mode, layout, codes, *map(int, rest[1:]))]))
    elif rest[0] == "PRIOR_TRAINING":
        pytorch_prior.measure(mode, layout, Timer(), *map(int, rest[1:]))
    else:
        task, batch, codebook_size, image_size = rest[0], *map(int, rest[1:])
        measure(Model(mode, layout, codebook_size), task, batch, image_size)


if __name__ == "__main__":
    main(*sys.argv[1:])
