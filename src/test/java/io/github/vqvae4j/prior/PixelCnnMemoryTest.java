package io.github.vqvae4j.prior;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.ChildJvm;
import org.junit.jupiter.api.Test;

/** Maps that need too much memory are rejected with sizes in the message. */
class PixelCnnMemoryTest {
  private static final int SIDE = 512;

  /** Computes a log-probability of a large map, and then of a small one. */
  static final class LargeMap {
    private LargeMap() {}

    public static void main(String[] args) {
      PixelCnn prior = PixelCnn.ofCodes(64).conditionCodebookSize(8).layers(2).build();
      try {
        logProb(prior, SIDE);
        System.out.println("enough memory");
      } catch (InsufficientMemoryException e) {
        System.out.println("message " + e.getMessage());
      }
      System.out.println("small " + logProb(prior, 8));
    }

    private static double logProb(PixelCnn prior, int side) {
      Codes maps = Codes.of(new int[side * side], 64, 1, side, side);
      Codes other = Codes.of(new int[side * side / 4], 8, 1, side / 2, side / 2);
      return prior.logProb(maps, Condition.codes(other))[0];
    }
  }

  @Test
  void theMessageStatesTheMemoryOfAMap() throws Exception {
    ChildJvm.Result result =
        new ChildJvm().with("-Xmx512m", "-Dorg.bytedeco.javacpp.maxBytes=150m").run(LargeMap.class);
    assertEquals(0, result.exit(), result::toString);
    assertTrue(!result.linesWith("small -").isEmpty(), result::toString);
    assertMessageContains(
        new AssertionError(result.toString()),
        "a forward pass of the prior on one map of 512 x 512 codes take about",
        "-Dorg.bytedeco.javacpp.maxBytes=");
  }

  /** Samples more maps than the heap has room for. */
  static final class ManyMaps {
    private ManyMaps() {}

    public static void main(String[] args) {
      PixelCnn prior = PixelCnn.ofCodes(8).layers(1).channels(4).size(4, 4).build();
      try {
        prior.sample(30_000_000, Condition.NONE, Sampling.DEFAULT, 1);
      } catch (InsufficientMemoryException e) {
        System.out.println("message " + e.getMessage());
      }
    }
  }

  @Test
  void theMessageOfTooManyMapsStatesTheirSize() throws Exception {
    ChildJvm.Result result = new ChildJvm().with("-Xmx200m").run(ManyMaps.class);
    assertEquals(0, result.exit(), result::toString);
    assertMessageContains(
        new AssertionError(result.toString()), "message ", "of 30000000 maps of 4x4 codes");
  }
}
