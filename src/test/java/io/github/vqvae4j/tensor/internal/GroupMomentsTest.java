package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupMomentsTest {
  /** The parts have different means, and the standard deviation is small compared to the mean. */
  @ParameterizedTest
  @CsvSource({"1, 1, 0", "6, 2, 3", "6, 6, 1000", "4, 1, 10000"})
  void momentsOfPartsAreThoseOfAllPixels(int channels, int groups, double shift) {
    int[] sizes = {7, 1, 100, 33};
    float[] all = new float[Arrays.stream(sizes).sum() * channels];
    Rng rng = new Rng(3);
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (shift + i % channels + i * 0.01 + rng.nextDouble());
    }
    GroupMoments merged = GroupMoments.NONE;
    int from = 0;
    for (int size : sizes) {
      float[] part = Arrays.copyOfRange(all, from * channels, (from + size) * channels);
      merged = merged.merge(GroupMoments.of(part, channels, groups));
      from += size;
    }
    assertEquals(all.length / groups, merged.count());
    for (int group = 0; group < groups; group++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < all.length; i++) {
        sum += i % channels * groups / channels == group ? all[i] : 0;
      }
      double mean = sum * groups / all.length;
      for (int i = 0; i < all.length; i++) {
        squares += i % channels * groups / channels == group ? Math.pow(all[i] - mean, 2) : 0;
      }
      double variance = squares * groups / all.length;
      assertEquals(mean, merged.means()[group], 1e-12 * mean);
      assertEquals(variance, merged.variance(group), 1e-10 * variance);
    }
  }

  @Test
  void noElementsChangeNothing() {
    GroupMoments moments = GroupMoments.of(new float[] {1, 2, 5}, 1, 1);
    assertEquals(moments, moments.merge(GroupMoments.NONE));
    assertEquals(moments, GroupMoments.NONE.merge(moments));
  }
}
