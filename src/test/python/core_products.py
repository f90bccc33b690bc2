"""Cases of core_operations.py: shapes, matrix products, padding, convolutions."""

import torch
from torch import nn
from torch.nn import functional

from core_cases import bell, integers

# --- shapes ----------------------------------------------------------------------------------------------------------


TRANSPOSED = (("", False, False), ("_tn", True, False), ("_nt", False, True), ("_tt", True, True))


def structure(cases):
    for name, shape, axis in (
        ("stack_0", (3, 5), 0), ("stack_1", (3, 1, 5), 1), ("stack_last", (2, 3), -1), ("stack_one", (1,), 1),
    ):
        floats = {"x": bell(f"{name} x", *shape), "target": bell(f"{name} target", *shape)}
        cases.add(name, "stack", lambda x, target: torch.stack([x, target, x], axis), floats, axis=axis)
    ints = {"x": integers("int_stack x", 9, 3, 2), "target": integers("int_stack y", 9, 3, 2)}
    cases.add("int_stack", "stack", lambda x, target: torch.stack([x, target, x], 1), {}, ints, axis=1)

    for name, shape, wanted in (
        ("expand", (3, 1, 5), [3, 7, 5]),
        ("expand_rank", (1, 3), [2, 5, 4, 3]),
        ("expand_keep", (5, 1, 3), [2, -1, 4, -1]),
        ("expand_same", (2, 3), [2, 3]),
        ("expand_scalar", (1,), [3, 2]),
    ):
        cases.add(name, "expand", lambda x: x.expand(*wanted).clone(), {"x": bell(name, *shape)}, shape=wanted)
    ints = {"x": integers("int_expand", 9, 3, 1)}
    cases.add("int_expand", "expand", lambda x: x.expand(2, -1, 4), {}, ints, shape=[2, -1, 4])

    for name, leading, other, (m, k, n) in (
        ("matmul_2x4", (), (2, 3), (2, 5, 3)),
        ("matmul_4x2", (2, 3), (), (4, 2, 3)),
        ("matmul_broadcast", (5, 1), (3,), (2, 3, 4)),
        ("matmul_broadcast_both", (2, 1), (1, 3), (3, 5, 2)),
        ("matmul_ones", (1, 1), (1,), (1, 1, 1)),
        ("matmul_thin", (3,), (2, 1), (1, 7, 1)),
        ("matmul_same", (2, 3), (2, 3), (3, 2, 5)),
    ):
        for suffix, transposed, other_transposed in TRANSPOSED:
            key = name + suffix
            x = bell(f"{key} x", *leading, *((k, m) if transposed else (m, k)))
            target = bell(f"{key} target", *other, *((n, k) if other_transposed else (k, n)))
            product = lambda a, b: (a.mT if transposed else a) @ (b.mT if other_transposed else b)
            cases.add(key, "matmul", product, {"x": x, "target": target},
                      transposed=transposed, other_transposed=other_transposed)

    for name, shape, axis, before, after, value in (
        ("pad_constant_0", (5,), 0, 2, 3, 0.0),
        ("pad_constant_1", (3, 5), 0, 0, 2, 1.5),
        ("pad_constant_2", (2, 3, 5), 1, 3, 0, -2.5),
        ("pad_constant_3", (2, 3, 5, 1, 3), -3, 1, 7, 0.25),
        ("pad_constant_4", (2, 1), -1, 0, 0, 9.0),
        ("pad_constant_5", (1, 2, 3, 4, 3), 2, 0, 1, 0.0),
    ):
        padded = lambda x: constant_padding(x, axis % x.dim(), before, after, value)
        cases.add(name, "pad", padded, {"x": bell(name, *shape)}, axis=axis, before=before, after=after, value=value)
    cases.add("int_pad", "pad", lambda x: constant_padding(x, 1, 2, 1, -1), {}, {"x": integers("int_pad", 9, 3, 4)},
              axis=1, before=2, after=1, value=-1)
    for name, shape, axis, before, after in (
        ("pad_reflect_0", (5,), 0, 4, 4),
        ("pad_reflect_1", (5, 3), 0, 1, 3),
        ("pad_reflect_2", (2, 4, 3), 1, 3, 0),
        ("pad_reflect_3", (2, 3, 5, 2, 3), -3, 0, 4),
        ("pad_reflect_4", (3, 1), 1, 0, 0),
        ("pad_reflect_5", (2, 3, 7), -1, 2, 5),
    ):
        x = bell(name, *shape)
        reflected = lambda x: reflection(x, axis, before, after)
        cases.add(name, "pad_reflect", reflected, {"x": x}, axis=axis, before=before, after=after)


def constant_padding(x, axis, before, after, value):
    return functional.pad(x, (0, 0) * (x.dim() - 1 - axis) + (before, after), value=value)


def reflection(x, axis, before, after):
    """functional.pad reflects last axes only."""
    if before == after == 0:
        return x.clone()
    moved = x.movedim(axis, -1)
    padded = functional.pad(moved.reshape(1, -1, moved.shape[-1]), (before, after), mode="reflect")
    return padded.reshape(*moved.shape[:-1], -1).movedim(-1, axis)


# --- convolutions ----------------------------------------------------------------------------------------------------


def convolution(x, weight, bias, stride=1, padding=None, dilation=1, groups=1, transposed=False):
    """In the library's layouts; padding [top, bottom, left, right], or [left, right] in one dimension."""
    x, weight = x.movedim(-1, 1), weight.movedim((-1, -2), (0, 1)).contiguous()
    axes = x.dim() - 2
    if padding:
        x = functional.pad(x, padding[2:] + padding[:2])
    name = f"conv_transpose{axes}d" if transposed else f"conv{axes}d"
    return getattr(functional, name)(x, weight, bias, stride=stride, dilation=dilation, groups=groups).movedim(1, -1)


def layer(name, image, channels, kernel, groups=1, transposed=False):
    c_in, c_out = channels
    inside = (c_out // groups, c_in) if transposed else (c_in // groups, c_out)
    return {"x": bell(f"{name} x", *image, c_in), "weight": bell(f"{name} weight", *kernel, *inside, scale=0.5),
            "bias": bell(f"{name} bias", c_out)}


ASYMMETRIC = (
    # image, channels, kernel, settings
    ((2, 5, 6), (3, 4), (3, 3), {"padding": [0, 2, 1, 3]}),
    ((1, 7, 5), (2, 5), (2, 3), {"padding": [1, 0, 2, 0], "stride": [2, 1]}),
    ((2, 4, 7), (4, 6), (4, 4), {"padding": [3, 1, 0, 2], "stride": [2, 3], "groups": 2}),
    ((1, 6, 5), (1, 1), (3, 2), {"padding": [4, 0, 0, 3], "dilation": [2, 3]}),
    ((1, 1, 1), (2, 3), (1, 1), {"padding": [1, 2, 0, 1]}),
    ((1, 6, 6), (8, 5), (3, 3), {"padding": [0, 1, 0, 1], "stride": [2, 2]}),  # as Keras's "same"
    ((2, 3, 5), (3, 5), (2, 3), {"padding": [1, 0, 1, 1]}),  # rows above alone, as PixelCNN's vertical stack
)
ASYMMETRIC_1D = (
    ((2, 9), (3, 4), (3,), {"padding": [3, 0]}),
    ((1, 7), (4, 6), (4,), {"padding": [0, 5], "stride": [2], "groups": 2}),
    ((2, 5), (2, 3), (2,), {"padding": [1, 4], "dilation": [3]}),
)


def spatial_mask(kernel, center):
    """PixelCNN's (van den Oord et al. 2016): pixels before the center in raster order; B: including the center."""
    mask = torch.zeros(*kernel, 1, 1, dtype=torch.float64)
    flat = mask.view(-1)
    middle = (kernel[0] // 2) * kernel[1] + kernel[1] // 2 if len(kernel) == 2 else kernel[0] // 2
    flat[: middle + (1 if center else 0)] = 1
    return mask


def channel_mask(kernel, c_in, c_out, colors):
    """Mask B for ordered colors: at the center, the channels of a color see that color and earlier ones."""
    mask = spatial_mask(kernel, center=False).expand(*kernel, c_in, c_out).clone()
    color = lambda channels: torch.arange(channels) * colors // channels
    mask[kernel[0] // 2, kernel[1] // 2] = (color(c_in)[:, None] <= color(c_out)[None, :]).double()
    return mask


class Weight(nn.Module):
    """A layer that returns its weight, so that its parametrization can be called as a function."""

    def __init__(self, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape, dtype=torch.float64))

    def forward(self):
        return self.weight


def weight_norm(weight, gain):
    """By PyTorch's parametrization with its default, dim=0: its first axis is the library's last."""
    moved = weight.movedim(-1, 0)
    module = nn.utils.parametrizations.weight_norm(Weight(moved.shape))
    parts = {"original0": gain.reshape(-1, *[1] * (weight.dim() - 1)), "original1": moved}
    parts = {f"parametrizations.weight.{key}": value for key, value in parts.items()}
    return torch.func.functional_call(module, parts, ()).movedim(0, -1)


def convolutions(cases):
    for axes, settings in ((2, ASYMMETRIC), (1, ASYMMETRIC_1D)):
        for index, (image, channels, kernel, one) in enumerate(settings):
            name = f"conv{axes}d_asymmetric_{index}"
            floats = layer(name, image, channels, kernel, one.get("groups", 1))
            cases.add(name, f"conv{axes}d", lambda x, w, b: convolution(x, w, b, **one), floats, **one)
    for kernel in (1, 2, 3):
        for dilation in (1, 2, 4):
            name = f"conv1d_causal_k{kernel}_d{dilation}"
            floats = layer(name, (2, 5 if kernel + dilation == 7 else 11), (3, 4), (kernel,))
            padding = [dilation * (kernel - 1), 0]
            causal = lambda x, w, b: convolution(x, w, b, padding=padding, dilation=[dilation])
            cases.add(name, "conv1d_causal", causal, floats, dilation=[dilation])

    masks = {
        "conv2d_mask_a": ((2, 5, 4), (3, 4), (3, 3), [1, 1, 1, 1], spatial_mask((3, 3), False)),
        "conv2d_mask_b": ((2, 5, 4), (3, 4), (5, 3), [2, 2, 1, 1], spatial_mask((5, 3), True)),
        "conv2d_mask_a_1x1": ((1, 2, 3), (2, 3), (1, 1), [0, 0, 0, 0], spatial_mask((1, 1), False)),
        "conv2d_mask_b_even": ((1, 4, 5), (2, 3), (2, 4), [1, 0, 2, 1], spatial_mask((2, 4), True)),
        "conv2d_mask_channels": ((2, 4, 3), (6, 9), (3, 3), [1, 1, 1, 1], channel_mask((3, 3), 6, 9, 3)),
        "conv1d_mask": ((2, 7), (3, 5), (3,), [1, 1], spatial_mask((3,), False)),
    }
    for name, (image, channels, kernel, padding, mask) in masks.items():
        floats = layer(name, image, channels, kernel)
        masked = lambda x, w, b, m: convolution(x, w * m.double(), b, padding=padding)
        cases.add(name, f"conv{len(kernel)}d_masked", masked, floats, {"mask": mask}, padding=padding)

    for name, shape in {"weight_norm": (3, 2, 4, 5), "weight_norm_linear": (7, 3), "weight_norm_one": (1, 1)}.items():
        floats = {"weight": bell(name, *shape), "gain": bell(f"{name} gain", shape[-1])}
        cases.add(name, "weight_norm", weight_norm, floats)
    for name, kernel, transposed in (
        ("conv2d_weight_norm", (3, 2), False), ("conv1d_weight_norm", (3,), False), ("conv_transpose2d_weight_norm", (2, 3), True),
    ):
        image = (2, 5, 4) if len(kernel) == 2 else (2, 9)
        floats = layer(name, image, (3, 4), kernel, transposed=transposed)
        floats["gain"] = bell(f"{name} gain", floats["weight"].shape[-1])
        normalized = lambda x, w, b, g: convolution(x, weight_norm(w, g), b, transposed=transposed)
        cases.add(name, name, normalized, floats)
