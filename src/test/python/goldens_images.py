#!/usr/bin/env python3
"""Images resized with PyTorch: golden values for the Java tests of image folders.

    python3 goldens_images.py [--check]        usage as in goldens.py

Images are bytes [h, w, c], stored as F32; results are of value / 255 in float64, in the same layout.
"""

import random

import torch
from torch.nn import functional

import goldens

# from [h, w, c] to [h, w]
SCALED = [
    ((7, 5, 3), (3, 2)),
    ((5, 7, 1), (5, 7)),
    ((4, 6, 3), (9, 13)),  # larger
    ((31, 17, 3), (8, 8)),
    ((3, 40, 1), (7, 4)),  # larger in one direction, smaller in the other
    ((1, 1, 3), (2, 3)),
    ((64, 48, 3), (1, 1)),
]


def resample(name):
    golden = goldens.Golden(script="goldens_images.py", cases=str(len(SCALED)))
    numbers = random.Random(11)
    for index, ((height, width, channels), size) in enumerate(SCALED):
        count = height * width * channels
        picture = torch.tensor([numbers.randrange(256) for _ in range(count)], dtype=torch.float64)
        picture = picture.reshape(height, width, channels)
        planes = (picture / 255).permute(2, 0, 1)[None]
        scaled = functional.interpolate(planes, size=size, mode="bilinear", align_corners=False, antialias=True)
        golden.input(f"case{index}.picture", picture)
        golden.result(f"case{index}.scaled", scaled[0].permute(1, 2, 0).contiguous())
    return golden


if __name__ == "__main__":
    goldens.FILES = {"resample": resample}
    goldens.main()
