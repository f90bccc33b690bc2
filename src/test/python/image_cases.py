#!/usr/bin/env python3
"""Images for RegisteredFormatsTest: base.png as lossless WebP, as WebP with a color profile, and as a CMYK JPEG with one;
lossy WebP with the kinds of prediction that some decoders get wrong, and WebP with opacity that is not compressed.

    python3 image_cases.py        writes to src/test/resources/cases; requires Pillow and NumPy

The profile is a table of the colors of all combinations of four inks, between which it interpolates. cmyk_icc.png has the
colors that Little CMS computes.
"""

import io
import pathlib
import struct

import numpy
from PIL import Image, ImageCms

CASES = pathlib.Path(__file__).parent.parent / "resources" / "cases"
PAPER = numpy.ones(3)
INKS = [numpy.array(rgb) for rgb in [(0, 0.55, 0.75), (0.85, 0.1, 0.45), (1, 0.9, 0.1), (0.15, 0.13, 0.14)]]
D50 = numpy.array([0.9642, 1, 0.8249])
TO_XYZ = numpy.array([  # linear sRGB, adapted to D50
    [0.4360747, 0.3850649, 0.1430804],
    [0.2225045, 0.7168786, 0.0606169],
    [0.0139322, 0.0971045, 0.7141733],
])


def lab(rgb):
    """The bytes L*, a*, b* of a color in sRGB."""
    linear = numpy.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    t = TO_XYZ @ linear / D50
    x, y, z = numpy.where(t > 0.008856, numpy.cbrt(t), 7.787 * t + 16 / 116)
    return bytes([round((116 * y - 16) * 255 / 100), round(500 * (x - y) + 128), round(200 * (y - z) + 128)])


def mixtures():
    for i in range(16):
        rgb = PAPER
        for ink in range(4):
            if i >> (3 - ink) & 1:
                rgb = rgb * INKS[ink]
        yield lab(rgb)


def fixed(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def table(inputs, outputs, colors):
    identity = bytes(range(256))
    matrix = fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return b"mft1\0\0\0\0" + bytes([inputs, outputs, 2, 0]) + matrix + identity * inputs + colors + identity * outputs


def profile():
    description = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"inks\0" + bytes(4 + 4 + 2 + 1 + 67)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(*D50),
        b"A2B0": table(4, 3, b"".join(mixtures())),
        b"B2A0": table(3, 4, bytes(8 * 4)),  # required, not used
    }
    directory = struct.pack(">I", len(tags))
    start = 128 + 4 + 12 * len(tags)
    body = b""
    for name, data in tags.items():
        directory += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    header = struct.pack(">I4xI4s4s4s6H4s", size, 0x02400000, b"prtr", b"CMYK", b"Lab ", 2020, 1, 1, 0, 0, 0, b"acsp")
    return header.ljust(68, b"\0") + fixed(*D50) + bytes(48) + directory + body


def cmyk(image):
    """Black replaces as much of the other inks as possible."""
    rgb = numpy.asarray(image) / 255
    black = 1 - rgb.max(axis=2, keepdims=True)
    colors = (1 - rgb - black) / numpy.maximum(1 - black, 1e-9)
    return Image.fromarray(numpy.rint(numpy.concatenate([colors, black], axis=2) * 255).astype("uint8"), "CMYK")


def exchanged():
    """Returns the profile of sRGB with red and green exchanged, which no program can overlook."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"....").replace(b"gXYZ", b"rXYZ").replace(b"....", b"gXYZ")


def waves(height, width):
    """Returns fine waves of brightness, and coarse ones of color."""
    y, x = numpy.mgrid[:height, :width]
    light = numpy.sin(0.21 * x + 0.33 * y) + 0.5 * numpy.sin(0.9 * x - 0.4 * y + 1) + numpy.sin(-0.13 * x + 1.1 * y + 2)
    colors = numpy.stack([numpy.sin(0.05 * x), numpy.cos(0.06 * y), numpy.sin(0.03 * x + 0.04 * y)], axis=2)
    return Image.fromarray((255 * (0.5 + 0.14 * light[..., None] + 0.1 * colors).clip(0, 1)).astype("uint8"))


def main():
    base = Image.open(CASES / "base.png").convert("RGB")
    base.save(CASES / "lossless.webp", lossless=True)
    base.save(CASES / "profile.webp", lossless=True, icc_profile=exchanged())
    waves(32, 48).save(CASES / "lossy.webp", quality=80, method=0)
    Image.open(CASES / "lossy.webp").convert("RGB").save(CASES / "lossy.png")
    noise = Image.fromarray(numpy.random.default_rng(1).integers(0, 256, (16, 16)).astype("uint8"))
    base.putalpha(noise)
    base.save(CASES / "noisy_alpha.webp", quality=90)
    base = base.convert("RGB")
    file = CASES / "cmyk_icc.jpg"
    cmyk(base).save(file, quality=100, subsampling=0, icc_profile=profile())
    inks = ImageCms.ImageCmsProfile(io.BytesIO(profile()))
    srgb = ImageCms.createProfile("sRGB")
    ImageCms.profileToProfile(Image.open(file), inks, srgb, outputMode="RGB").save(CASES / "cmyk_icc.png")


if __name__ == "__main__":
    main()
