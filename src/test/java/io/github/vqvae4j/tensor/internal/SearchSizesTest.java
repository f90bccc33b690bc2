package io.github.vqvae4j.tensor.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Size limits of the nearest-neighbor search, checked without allocating memory. */
class SearchSizesTest {
  @ParameterizedTest
  @CsvSource({
    "1, 33554431, 64",
    "1, 33554432, 64",
    "1, 2147483647, 1",
    "1, 600000000, 1",
    "1, 65536, 65536",
    "3000000000, 512, 64",
  })
  void sizesBeyondTheLimitsAreRejected(long n, long k, long d) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> NearestRows.checkSizes(n, k, d)),
        "nearestRows: expected",
        "2147483647",
        "got " + n + " rows",
        k + " codes of dimension " + d,
        "use fewer or lower-dimensional codes");
  }

  @Test
  void largeSizesWithinTheLimitsAreAccepted() {
    NearestRows.checkSizes(2_000_000_000L, 33_554_400, 64);
    NearestRows.checkSizes(1, 500_000_000, 4);
    NearestRows.checkSizes(1, 1, 67_000_000);
  }
}
