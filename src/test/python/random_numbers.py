"""Prints the values expected by RngTest, KeyedRngTest, RngKeyTest, BatchesTest, DatasetSplitTest and AugmentationDrawsTest.
Plain Python 3 with arbitrary-precision integers, implemented from the published algorithms (xoshiro256++ and SplitMix64,
https://prng.di.unimi.it) and the Javadoc."""

import math

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def split_mix(seed, count):
    """The first outputs of SplitMix64."""
    return [mix((seed + i * GOLDEN) & MASK) for i in range(1, count + 1)]


def rotate(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


class Rng:
    def __init__(self, seed):
        self.s = split_mix(seed, 4)

    @staticmethod
    def at(seed, *keys):
        h = mix((mix((seed + GOLDEN) & MASK) + len(keys) + GOLDEN) & MASK)
        for key in keys:
            h = mix((h + key + GOLDEN) & MASK)
        return Rng(h)

    def next_long(self):
        s = self.s
        result = (rotate((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def next_int(self, bound):
        """Uniform in [0, bound): the low bits if bound is a power of two, otherwise an unbiased remainder of 31 bits."""
        if bound & (bound - 1) == 0:
            return (self.next_long() >> 32) % bound
        limit = 2**31 // bound * bound
        while True:
            bits = self.next_long() >> 33
            if bits < limit:
                return bits % bound

    def next_double(self):
        return (self.next_long() >> 11) / 2**53

    def next_float(self):
        return (self.next_long() >> 40) / 2**24

    def next_boolean(self):
        return self.next_long() >> 63 == 1

    def next_gaussian(self):
        while True:
            u = 2 * self.next_double() - 1
            v = 2 * self.next_double() - 1
            if 0 < u * u + v * v < 1:
                return u * math.sqrt(-2 * math.log(u * u + v * v) / (u * u + v * v))


ORDER, SPLIT, AUGMENTATION = -1, -2, -3
POSITION, FLIP, BRIGHTNESS, CONTRAST = range(4)


def permutation(size, rng):
    """Inside-out Fisher-Yates shuffle."""
    order = []
    for i in range(size):
        j = rng.next_int(i + 1)
        order.append(i)
        order[i] = order[j]
        order[j] = i
    return order


def augmentation(seed, epoch, index, positions):
    """Row, column, flip, and brightness and contrast in [-1, 1]."""
    rng = lambda draw: Rng.at(seed, AUGMENTATION, epoch, index, draw)
    position = rng(POSITION)
    factors = [2 * rng(draw).next_double() - 1 for draw in (BRIGHTNESS, CONTRAST)]
    return position.next_int(positions[0]), position.next_int(positions[1]), rng(FLIP).next_boolean(), *factors


def show(label, rng, count):
    print(label, ", ".join("0x%016xL" % rng.next_long() for _ in range(count)))


if __name__ == "__main__":
    # Checks SplitMix64 against the values published for seed 1234567.
    assert split_mix(1234567, 3) == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    for seed in (0, 1, -1, 123456789012345):
        show(f"Rng({seed})", Rng(seed), 4)
    for keys in ((0,), (0, 0), (0, 0, 0), (7, 1), (7, 1, 0), (7, 0, 1), (-1, -1), (42, 1000, 3, 31), (42, 1000, 3)):
        show(f"at{keys}", Rng.at(*keys), 2)
    for bound in (1, 2, 3, 6, 1000, 1 << 16, (1 << 30) + 1, (1 << 31) - 1):
        rng = Rng(11)
        print(f"Rng(11).nextInt({bound})", [rng.next_int(bound) for _ in range(8)])
    for name in ("next_double", "next_float", "next_boolean", "next_gaussian"):
        rng = Rng(11)
        print(f"Rng(11).{name}", [getattr(rng, name)() for _ in range(5)])
    for epoch in (0, 7):
        print(f"order of 10, seed 42, epoch {epoch}", permutation(10, Rng.at(42, ORDER, epoch)))
    print("first 2 of 10 split with seed 42", sorted(permutation(10, Rng.at(42, SPLIT))[:2]))
    # Crops of 3 x 3 from images of 4 x 5 with a padding of 1.
    for epoch, index in ((0, 0), (0, 1), (1, 0), (5, 2)):
        print(f"augmentation, seed 42, epoch {epoch}, image {index}", augmentation(42, epoch, index, (4, 5)))
