"""Prints the numbers that RngTest and PassKeyTest expect. Plain Python 3, written from the published
algorithms: xoshiro256++ and SplitMix64 (https://prng.di.unimi.it)."""

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


def show(label, rng, count):
    print(label, ", ".join("0x%016xL" % rng.next_long() for _ in range(count)))


if __name__ == "__main__":
    # SplitMix64 itself, against the numbers published for seed 1234567.
    assert split_mix(1234567, 3) == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    for seed in (0, 1, -1, 123456789012345):
        show(f"Rng({seed})", Rng(seed), 4)
    for keys in ((0,), (0, 0), (0, 0, 0), (7, 1), (7, 1, 0), (7, 0, 1), (-1, -1), (42, 1000, 3, 31), (42, 1000, 3)):
        show(f"at{keys}", Rng.at(*keys), 2)
