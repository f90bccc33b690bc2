package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The variance of datasets with more than 2^28 values is that of a sample: one image at a random
 * place in each stretch.
 */
class VarianceSampleTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "262144, 1024, 1", // 2^28 values exactly
    "262145, 1024, 4", // 65,536 images are 2^26 values
    "1000000, 1024, 15",
    "2147483647, 1, 31",
    "100, 12582912, 1", // large images: fewer than 1,000 are all read
    "1999, 12582912, 1",
    "2000, 12582912, 2",
    "50000, 12582912, 50",
    "1000, 2147483647, 1",
  })
  void interval(int size, int imageLength, int expected) {
    assertEquals(expected, Variance.interval(size, imageLength));
    long values = (long) size * imageLength;
    if (values > 1L << 28) {
      long images = ((long) size + expected - 1) / expected;
      assertTrue(images >= Math.min(size, 1_000), images + " images");
    }
  }

  /** Images of 1,024 equal pixels; image i has the value i modulo the period. */
  private record Large(int size, int period, List<Integer> read) implements Dataset {
    @Override
    public int height() {
      return 32;
    }

    @Override
    public int width() {
      return 32;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public void image(int index, float[] target, int offset) {
      read.add(index);
      Arrays.fill(target, offset, offset + 1_024, index % period);
    }

    @Override
    public int label(int index) {
      return -1;
    }
  }

  private static double variance(List<Integer> indices, int period) {
    double mean = indices.stream().mapToInt(i -> i % period).average().orElseThrow();
    return indices.stream()
        .mapToDouble(i -> (i % period - mean) * (i % period - mean))
        .average()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"300001, 7", "300001, 2", "300001, 4", "300001, 8", "600000, 9"})
  void oneImageOfEachStretchIsRead(int size, int period) {
    Large data = new Large(size, period, new ArrayList<>());
    double variance = data.variance();
    int interval = Variance.interval(size, 1_024);
    assertEquals(
        IntStream.range(0, size / interval).boxed().toList(),
        data.read().stream().map(i -> i / interval).limit(size / interval).toList());
    assertTrue(data.read().size() <= size / interval + 1);
    int[] places = new int[interval];
    data.read().forEach(i -> places[i % interval]++);
    for (int count : places) {
      double expected = (double) data.read().size() / interval;
      assertEquals(expected, count, 5 * Math.sqrt(expected), Arrays.toString(places));
    }
    assertEquals(variance(data.read(), period), variance, 1e-9);
    double all = (period * (double) period - 1) / 12; // of classes 0 to period - 1 in turn
    assertEquals(all, variance, 0.01 * all);

    List<Integer> first = List.copyOf(data.read());
    data.read().clear();
    assertEquals(variance, data.variance(), "the sample is the same each time");
    assertEquals(first, data.read());
  }

  @Test
  void allImagesOfSmallerDataAreRead() {
    Large data = new Large(5_003, 7, new ArrayList<>());
    double variance = data.variance();
    List<Integer> all = IntStream.range(0, 5_003).boxed().toList();
    assertEquals(all, data.read());
    assertEquals(variance(all, 7), variance, 1e-9);
  }
}
