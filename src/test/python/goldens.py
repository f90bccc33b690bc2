#!/usr/bin/env python3
"""Generates golden values with PyTorch for the Java tests.

    python3 goldens.py            writes src/test/resources/golden/*.safetensors
    python3 goldens.py --check    writes nothing: recomputes all values and fails if one differs by more than 1e-9

Needs PyTorch on the CPU and nothing else (on Debian: the package python3-torch, run with /usr/bin/python3).

Inputs are stored as F32 and are exactly float32; results are computed from them in float64 and stored as F64, so that
both the float and the double kernels can be compared. Inputs come from Python's random number generator
and plain sums, because torch's random values depend on its version and the CPU.

Layouts are the library's: activations [n, h, w, c], convolution weights [kh, kw, ci, co], weights of a transposed
convolution [kh, kw, co, ci] (co: its output channels), codebooks [K, D].
"""

import argparse
import json
import math
import random
import struct
import sys
from pathlib import Path

import torch
from torch.nn import functional

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "golden"
VERSION = "1"
TOLERANCE = 1e-9

# --- safetensors -----------------------------------------------------------------------------------------------------

FORMATS = {"F64": "d", "I64": "q", "F32": "f"}


class Golden:
    """The named arrays and settings of one file."""

    infinite = False  # whether infinities and NaN are expected

    def __init__(self, **settings):
        self.metadata = {"torch": torch.__version__, "script": "goldens.py", "version": VERSION, **settings}
        self.arrays = {}  # name -> (dtype, shape, flat list)

    def input(self, name, tensor):
        """Adds an input: float32."""
        self._put(name, "F32", tensor.double())
        same = torch.isclose(tensor.detach().float().double(), tensor.detach().double(), rtol=0, atol=0, equal_nan=True)
        assert same.all(), name + " is not float32"

    def result(self, name, tensor):
        """Adds a result: float64 or int64."""
        self._put(name, "F64" if tensor.is_floating_point() else "I64", tensor)

    def _put(self, name, dtype, tensor):
        assert name not in self.arrays, name
        assert self.infinite or dtype == "I64" or torch.isfinite(tensor).all(), name
        self.arrays[name] = (dtype, list(tensor.shape), tensor.detach().flatten().tolist())

    def bytes(self):
        header, body = {"__metadata__": self.metadata}, b""
        for name in sorted(self.arrays, key=lambda n: self.arrays[n][0] == "F32"):  # stable; 8-byte types first
            dtype, shape, values = self.arrays[name]
            data = struct.pack(f"<{len(values)}{FORMATS[dtype]}", *values)
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
            body += data
        text = json.dumps(header, separators=(",", ":")).encode("utf-8")
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text + body


def read_safetensors(data):
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = FORMATS[entry["dtype"]]
        count = (end - begin) // struct.calcsize("<" + kind)
        values = list(struct.unpack_from(f"<{count}{kind}", data, 8 + length + begin))
        arrays[name] = (entry["dtype"], entry["shape"], values)
    return metadata, arrays


# --- inputs ----------------------------------------------------------------------------------------------------------


class Inputs:
    """Random float32 numbers, held as float64; the same on every machine."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def bell(self, *shape, scale=1.0):
        """Roughly normal with standard deviation `scale`: sums of three uniform numbers on [-1, 1)."""
        count = torch.Size(shape).numel()
        uniform = self.random.random
        values = [scale * (2 * (uniform() + uniform() + uniform()) - 3) for _ in range(count)]
        return to_float32(torch.tensor(values, dtype=torch.float64).reshape(shape))


def to_float32(tensor):
    return tensor.float().double()


# --- convolutions ----------------------------------------------------------------------------------------------------


def case(image, channels, kernel, stride=(1, 1), padding=(0, 0), relu=False, residual=False, bias=True):
    """image [n, h, w], channels [in, out]."""
    return {
        "image": image, "channels": channels, "kernel": kernel,
        "settings": {"stride": list(stride), "padding": list(padding), "relu": relu, "residual": residual, "bias": bias},
    }


CONV2D = [
    case((2, 5, 5), (3, 4), (3, 3), padding=(1, 1)),
    case((1, 1, 1), (1, 1), (1, 1)),  # the smallest possible
    case((2, 7, 5), (3, 5), (1, 1), relu=True, residual=True),
    case((2, 8, 8), (3, 7), (4, 4), stride=(2, 2), padding=(1, 1), relu=True),
    case((3, 7, 11), (2, 5), (3, 3), padding=(1, 1), relu=True, residual=True, bias=False),
    case((1, 13, 11), (2, 3), (3, 3), stride=(3, 3), bias=False),  # no output sees the last row and two columns
    case((2, 6, 9), (3, 4), (2, 5), stride=(1, 2), padding=(0, 2)),
    case((1, 1, 1), (5, 7), (3, 3), padding=(1, 1), relu=True),  # only the center of the kernel overlaps the image
    case((2, 4, 4), (8, 16), (3, 3), padding=(1, 1), relu=True, residual=True),
    case((1, 7, 7), (1, 1), (5, 3), stride=(2, 1), padding=(2, 1), residual=True),
    case((1, 7, 9), (2, 3), (4, 4), stride=(2, 2), padding=(1, 1)),  # the padding below and to the right is not used up
    case((2, 3, 3), (17, 9), (1, 1), stride=(2, 2), relu=True),
]

CONV_TRANSPOSE2D = [
    case((2, 4, 4), (5, 3), (4, 4), stride=(2, 2), padding=(1, 1), relu=True),
    case((1, 1, 1), (1, 1), (1, 1)),
    case((2, 5, 3), (3, 2), (3, 3), padding=(1, 1)),
    case((1, 3, 5), (2, 3), (3, 3), stride=(3, 3), relu=True),
    case((2, 3, 2), (4, 5), (2, 2), stride=(2, 2), bias=False),
    case((1, 7, 5), (1, 1), (4, 3), stride=(2, 1), padding=(1, 0)),
    case((3, 1, 1), (3, 7), (4, 4), stride=(2, 2), padding=(1, 1), relu=True, bias=False),
    case((2, 4, 4), (8, 16), (3, 3), stride=(2, 2), padding=(1, 1), relu=True),
    case((1, 3, 4), (2, 3), (1, 1), stride=(2, 2)),  # stride larger than the kernel: only the bias in between
]


def convolutions(cases, transposed):
    golden = Golden(cases=str(len(cases)))
    for index, one in enumerate(cases):
        name, settings = f"case{index}", one["settings"]
        golden.metadata[name] = json.dumps(settings)
        inputs = Inputs(f"{'conv_transpose2d' if transposed else 'conv2d'} {index}")
        n, h, w = one["image"]
        c_in, c_out = one["channels"]
        kernel = one["kernel"]

        # ours -> torch: [n,h,w,c] -> [n,c,h,w]; [kh,kw,ci,co] -> [co,ci,kh,kw]; [kh,kw,co,ci] -> [ci,co,kh,kw]
        leaves = {"x": inputs.bell(n, h, w, c_in)}
        leaves["weight"] = inputs.bell(*kernel, *((c_out, c_in) if transposed else (c_in, c_out)), scale=0.5)
        if settings["bias"]:
            leaves["bias"] = inputs.bell(c_out)
        for leaf in leaves.values():
            leaf.requires_grad_()
        operation = functional.conv_transpose2d if transposed else functional.conv2d
        y = operation(
            leaves["x"].permute(0, 3, 1, 2), leaves["weight"].permute(3, 2, 0, 1), leaves.get("bias"),
            stride=settings["stride"], padding=settings["padding"],
        ).permute(0, 2, 3, 1)
        if settings["residual"]:
            leaves["residual"] = inputs.bell(*y.shape).requires_grad_()
            y = y + leaves["residual"]
        if settings["relu"]:
            assert y.abs().min() > 1e-4, f"{name}: rounding to float could flip a ReLU"
            assert (y > 0).any() and (y < 0).any(), f"{name}: ReLU has nothing to decide"
            y = functional.relu(y)
        dy = inputs.bell(*y.shape)
        y.backward(dy)

        for leaf, tensor in leaves.items():
            golden.input(f"{name}.{leaf}", tensor)
        golden.result(f"{name}.y", y)
        golden.input(f"{name}.dy", dy)
        for leaf, tensor in leaves.items():
            golden.result(f"{name}.d{leaf}", tensor.grad)
    return golden


# --- vector quantization ---------------------------------------------------------------------------------------------

SHAPE = (2, 3, 2, 5)  # z: [b, h, w, D]
D = SHAPE[-1]
K = 7
STEPS = 3
ALPHA, BETA, LEARNING_RATE, DECAY, EPSILON = 1.0, 0.25, 0.1, 0.9, 1e-5
UNUSED_AT_FIRST = (2, 5)
# The first codebook's code which each row of z is drawn around; None: around zero.
CENTRES = [
    (0, 0, 0, 0, 1, 1, 1, 3, 3, 4, 6, 6),
    (2, 0, 1, None, 3, 5, 3, 4, None, 6, 4, 2),
    (5, 1, 6, 0, 2, 3, 1, 6, 4, 0, 5, 3),
]
SPREAD = 0.35


def draw_z(inputs, first_codebook, step):
    centres = torch.stack([torch.zeros(D, dtype=torch.float64) if c is None else first_codebook[c] for c in CENTRES[step]])
    return to_float32(centres + inputs.bell(len(centres), D, scale=SPREAD)).reshape(SHAPE)


def nearest(rows, codebook):
    """For each row the nearest code, the lowest index among equals. Rejects near ties, but not equal code vectors."""
    distances = (rows[:, None, :] - codebook[None, :, :]).square().sum(-1)
    least = distances.min(1, keepdim=True).values
    codes = torch.where(distances == least, torch.arange(K), K).min(1).values
    equal = (codebook[codes][:, None, :] == codebook[None, :, :]).all(-1)
    second = distances.masked_fill(equal, float("inf")).min(1, keepdim=True).values
    assert (second - least).min() > 1e-3, "two codes are almost equally near (squared distances)"
    assert (second.sqrt() - least.sqrt()).min() > 1e-3, "two codes are almost equally near"
    return codes


def perplexity(codes):
    share = torch.bincount(codes, minlength=K).double() / len(codes)
    return torch.exp(-torch.xlogy(share, share).sum())


class GradientCodebook:
    """The codebook learns from the codebook term, by plain SGD."""

    settings = {"update": "gradient", "alpha": str(ALPHA), "learning_rate": str(LEARNING_RATE)}
    alpha = ALPHA

    def __init__(self, codebook, inputs):
        self.codebook = codebook.clone().requires_grad_()
        self.optimizer = torch.optim.SGD([self.codebook], lr=LEARNING_RATE)

    def initial(self):
        return {}

    def update(self, rows, codes):
        self.optimizer.step()
        self.optimizer.zero_grad()

    def state(self):
        return {"codebook": self.codebook}


class EmaCodebook:
    """The codebook follows exponential moving averages of the rows that chose each code."""

    alpha = 0.0

    def __init__(self, codebook, inputs, debiased, stored):
        self.debiased, self.stored = debiased, stored
        self.settings = {
            "update": "ema", "decay": str(DECAY), "epsilon": str(EPSILON),
            "debiased": str(debiased).lower(), "smoothed_counts_stored": str(stored).lower(),
        }
        self.codebook = codebook.clone()
        self.count = torch.zeros(K, dtype=torch.float64)
        # Small where not zero: sums of order 1 beside counts of 0 would throw all rows onto one code in step 1.
        self.sum = torch.zeros(K, D, dtype=torch.float64) if debiased else inputs.bell(K, D, scale=0.03)
        self.steps = 0

    def initial(self):
        return {"count": self.count, "sum": self.sum}

    def update(self, rows, codes):
        chosen = functional.one_hot(codes, K).double()
        self.steps += 1
        self.count = DECAY * self.count + (1 - DECAY) * chosen.sum(0)
        self.sum = DECAY * self.sum + (1 - DECAY) * chosen.t() @ rows
        correction = 1 - DECAY ** self.steps if self.debiased else 1.0
        count, sums = self.count / correction, self.sum / correction
        total = count.sum()
        smoothed = (count + EPSILON) / (total + K * EPSILON) * total
        if self.stored:
            self.count = smoothed
        self.codebook = sums / smoothed[:, None]

    def state(self):
        return {"codebook": self.codebook, "count": self.count, "sum": self.sum, "steps": torch.tensor([self.steps])}


def vector_quantization(variant, make):
    inputs = Inputs(variant)
    first_codebook = inputs.bell(K, D)
    quantizer = make(first_codebook, inputs)
    golden = Golden(beta=str(BETA), steps=str(STEPS), **quantizer.settings)
    for name, tensor in quantizer.initial().items():
        golden.input(f"initial.{name}", tensor)

    for step in range(STEPS):
        z = draw_z(inputs, first_codebook, step).requires_grad_()
        dq = inputs.bell(*SHAPE)
        codebook = quantizer.codebook
        before = codebook.detach().clone()

        # The model, literally: van den Oord et al. 2017, equation 3.
        codes = nearest(z.detach().reshape(-1, D), before)
        quantized = codebook[codes].reshape(SHAPE)
        codebook_term = (z.detach() - quantized).square().mean()
        commitment_term = (z - quantized.detach()).square().mean()
        straight_through = z + (quantized - z).detach()
        total = (dq * straight_through).sum() + BETA * commitment_term
        if quantizer.alpha:
            total = total + quantizer.alpha * codebook_term
        total.backward()

        unused = torch.bincount(codes, minlength=K) == 0
        name = f"step{step}"
        golden.input(f"{name}.z", z)
        golden.result(f"{name}.codebook", before)
        golden.result(f"{name}.codes", codes.reshape(SHAPE[:-1]))
        golden.result(f"{name}.quantized", quantized)
        golden.result(f"{name}.commitment", commitment_term.reshape(1))
        if quantizer.alpha:
            golden.result(f"{name}.codebook_term", codebook_term.reshape(1))
        golden.result(f"{name}.perplexity", perplexity(codes).reshape(1))
        golden.input(f"{name}.dq", dq)
        golden.result(f"{name}.dz", z.grad)
        if quantizer.alpha:
            assert not codebook.grad[unused].any()
            golden.result(f"{name}.dcodebook", codebook.grad.clone())

        quantizer.update(z.detach().reshape(-1, D), codes)
        for part, tensor in quantizer.state().items():
            golden.result(f"{name}.after.{part}", tensor)

        if step == 0:
            assert tuple(unused.nonzero().flatten().tolist()) == UNUSED_AT_FIRST, "unused codes are not as meant"
            if quantizer.settings.get("debiased") == "true":
                assert not quantizer.codebook[unused].any(), "an unused code is not the zero vector"
        elif step == 1 and quantizer.settings.get("debiased") == "true":
            low, high = UNUSED_AT_FIRST
            assert not unused[low] and unused[high], "of the two zero vectors the first is to be chosen"
    return golden


# --- optimizers ------------------------------------------------------------------------------------------------------


def optimizers():
    settings = {
        "adam": {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8},
        "sgd": {"lr": 0.1, "momentum": 0.0, "nesterov": False},
        "sgd_momentum": {"lr": 0.1, "momentum": 0.9, "nesterov": False},
        "sgd_nesterov": {"lr": 0.1, "momentum": 0.9, "nesterov": True},
    }
    golden = Golden(steps="5", **{name: json.dumps(one) for name, one in settings.items()})
    inputs = Inputs("optimizers")
    initial = inputs.bell(13)
    golden.input("initial", initial)
    # Element 0 never has a gradient; 1 has tiny ones, where Adam's eps matters; 2 has large ones; 3 only the first.
    factors = torch.tensor([0.0, 2.0 ** -26, 1000.0] + [1.0] * 10, dtype=torch.float64)
    gradients = [to_float32(inputs.bell(13) * factors) for _ in range(5)]
    for index, gradient in enumerate(gradients):
        if index > 0:
            gradient[3] = 0.0
        golden.input(f"grad{index}", gradient)

    for name, one in settings.items():
        value = initial.clone().requires_grad_()
        kind = torch.optim.Adam if name == "adam" else torch.optim.SGD
        optimizer = kind([value], **one)
        for index, gradient in enumerate(gradients):
            value.grad = gradient.clone()
            optimizer.step()
            golden.result(f"{name}.value{index}", value.clone())
            state = optimizer.state[value]
            if name == "adam":
                golden.result(f"adam.m{index}", state["exp_avg"].clone())
                golden.result(f"adam.v{index}", state["exp_avg_sq"].clone())
            elif one["momentum"]:
                golden.result(f"{name}.velocity{index}", state["momentum_buffer"].clone())
    return golden


# --- parts of models -------------------------------------------------------------------------------------------------


def to_torch(images):
    """[n, h, w, c] -> [n, c, h, w]"""
    return images.permute(0, 3, 1, 2)


def from_torch(images):
    return images.permute(0, 2, 3, 1)


def finish(golden, leaves, y, inputs):
    """Stores leaves, y, a gradient dy from above, and the leaves' gradients."""
    dy = inputs.bell(*y.shape)
    y.backward(dy)
    for name, tensor in leaves.items():
        golden.input(name, tensor)
    golden.result("y", y)
    golden.input("dy", dy)
    for name, tensor in leaves.items():
        golden.result(f"d.{name}", tensor.grad)


def rectify(x):
    """ReLU in place, as nn.ReLU(True)."""
    assert x.abs()[x != 0].min() > 1e-4, "rounding to float could flip a ReLU"
    return functional.relu_(x)


def residual_rectified():
    """A stack of two blocks x + block(x) as zalandoresearch's code computes it: block overwrites x by relu(x)."""
    golden, inputs = Golden(blocks="2", hidden="3"), Inputs("residual_rectified")
    leaves = {"x": inputs.bell(2, 5, 3, 4)}
    for block in range(2):
        leaves[f"{block}.conv.weight"] = inputs.bell(3, 3, 4, 3, scale=0.3)
        leaves[f"{block}.project.weight"] = inputs.bell(1, 1, 3, 4, scale=0.5)
    for leaf in leaves.values():
        leaf.requires_grad_()
    x = to_torch(leaves["x"]).clone()
    for block in range(2):
        hidden = functional.conv2d(rectify(x), leaves[f"{block}.conv.weight"].permute(3, 2, 0, 1), padding=1)
        x = x + functional.conv2d(rectify(hidden), leaves[f"{block}.project.weight"].permute(3, 2, 0, 1))
    finish(golden, leaves, from_torch(functional.relu(x)), inputs)
    return golden


def strided(decode):
    """Keras's small encoder and decoder: "same" with stride 2 pads, and cuts off, at the end only."""
    golden, inputs = Golden(widths="3 2"), Inputs(f"strided {decode}")
    shape = (2, 2, 3, 5) if decode else (2, 8, 12, 1)
    leaves, channels = {"x": inputs.bell(*shape)}, shape[3]
    for index, width in enumerate((3, 2)):
        name = f"up.{index}" if decode else f"down.{index}"
        leaves[f"{name}.weight"] = inputs.bell(3, 3, *((width, channels) if decode else (channels, width)), scale=0.5)
        leaves[f"{name}.bias"] = inputs.bell(width, scale=0.3)
        channels = width
    kernel, out = (3, 1) if decode else (1, 4)
    name = "last" if decode else "project"
    leaves[f"{name}.weight"] = inputs.bell(kernel, kernel, channels, out, scale=0.5)
    leaves[f"{name}.bias"] = inputs.bell(out, scale=0.3)
    for leaf in leaves.values():
        leaf.requires_grad_()

    x = to_torch(leaves["x"])
    for index in range(2):
        layer = f"up.{index}" if decode else f"down.{index}"
        weight, bias = leaves[f"{layer}.weight"].permute(3, 2, 0, 1).contiguous(), leaves[f"{layer}.bias"]
        if decode:
            height, width = 2 * x.shape[2], 2 * x.shape[3]
            x = functional.conv_transpose2d(x, weight, bias, stride=2)[:, :, :height, :width]
        else:
            x = functional.conv2d(functional.pad(x, (0, 1, 0, 1)), weight, bias, stride=2)
        assert x.abs().min() > 1e-4, "rounding to float could flip a ReLU"
        x = functional.relu(x)
    weight = leaves[f"{name}.weight"].permute(3, 2, 0, 1).contiguous()  # torch 2.13 rejects some views
    y = functional.conv2d(x, weight, leaves[f"{name}.bias"], padding=kernel // 2)
    finish(golden, leaves, from_torch(y), inputs)
    return golden


# --- all of them -----------------------------------------------------------------------------------------------------

FILES = {
    "conv2d": lambda name: convolutions(CONV2D, transposed=False),
    "conv_transpose2d": lambda name: convolutions(CONV_TRANSPOSE2D, transposed=True),
    "vq_gradient": lambda name: vector_quantization(name, GradientCodebook),
    "vq_ema_debiased": lambda name: vector_quantization(name, lambda c, i: EmaCodebook(c, i, debiased=True, stored=False)),
    "vq_ema_plain": lambda name: vector_quantization(name, lambda c, i: EmaCodebook(c, i, debiased=False, stored=False)),
    "vq_ema_stored": lambda name: vector_quantization(name, lambda c, i: EmaCodebook(c, i, debiased=False, stored=True)),
    "optimizers": lambda name: optimizers(),
    "residual_rectified": lambda name: residual_rectified(),
    "strided_encoder": lambda name: strided(decode=False),
    "strided_decoder": lambda name: strided(decode=True),
}


def differences(golden, data):
    """What the stored bytes have otherwise than the recomputed arrays, as sentences. The torch version may differ."""
    metadata, stored = read_safetensors(data)
    if {**metadata, "torch": ""} != {**golden.metadata, "torch": ""}:
        yield f"metadata: recomputed {golden.metadata}, stored {metadata}"
    if stored.keys() != golden.arrays.keys():
        yield f"names in only one of both: {sorted(stored.keys() ^ golden.arrays.keys())}"
    for name in stored.keys() & golden.arrays.keys():
        dtype, shape, values = golden.arrays[name]
        stored_dtype, stored_shape, stored_values = stored[name]
        if (dtype, shape) != (stored_dtype, stored_shape):
            yield f"{name}: recomputed {dtype} {shape}, stored {stored_dtype} {stored_shape}"
            continue
        for index, (new, old) in enumerate(zip(values, stored_values)):
            allowed = TOLERANCE * max(1.0, abs(old)) if dtype == "F64" else 0
            if not (new == old or abs(new - old) <= allowed or (math.isnan(new) and math.isnan(old))):
                yield f"{name}[{index}]: recomputed {new!r}, stored {old!r}"
                break


def main():
    parser = argparse.ArgumentParser(description="Numbers from PyTorch that the Java tests compare with.")
    parser.add_argument("--check", action="store_true", help="compare with the stored files, write nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    failures, size = [], 0
    for name, make in FILES.items():
        path = FOLDER / f"{name}.safetensors"
        golden = make(name)
        data = golden.bytes()
        size += len(data)
        if not arguments.check:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            print(f"{path.name}: {len(golden.arrays)} arrays, {len(data)} bytes")
        elif not path.exists():
            failures.append(f"{path.name} is missing")
        else:
            found = [f"{path.name}: {difference}" for difference in differences(golden, path.read_bytes())]
            failures += found
            print(f"{path.name}: {'differs' if found else 'agrees'}")
    extra = {path.name for path in FOLDER.glob("*.safetensors")} - {f"{name}.safetensors" for name in FILES}
    if extra:
        print(f"not made by this script: {sorted(extra)}")
    print(f"torch {torch.__version__}, {size} bytes in all")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
