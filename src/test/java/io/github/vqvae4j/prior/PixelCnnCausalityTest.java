package io.github.vqvae4j.prior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which codes the logits of a position depend on, with random weights. */
class PixelCnnCausalityTest {
  private static final int K = 5;

  /**
   * For each position, the positions whose code its logits depend on: map p of a batch has another
   * code at position p. The same map of an unchanged batch is compared, since the rounding of a
   * matrix product may depend on the row.
   */
  private static BitSet[] dependencies(PixelCnn prior, int height, int width) {
    int positions = height * width;
    int[] unchanged = new int[positions * positions];
    int[] changedOnce = new int[positions * positions];
    Rng rng = new Rng(3);
    for (int p = 0; p < positions; p++) {
      int code = rng.nextInt(K);
      for (int map = 0; map < positions; map++) {
        unchanged[map * positions + p] = code;
        changedOnce[map * positions + p] = map == p ? (code + 1) % K : code;
      }
    }
    double[] base = logits(prior, height, width, unchanged);
    double[] logits = logits(prior, height, width, changedOnce);
    BitSet[] seen = new BitSet[positions];
    for (int p = 0; p < positions; p++) {
      seen[p] = new BitSet();
      for (int changed = 0; changed < positions; changed++) {
        boolean differs = false;
        for (int i = (changed * positions + p) * K; i < (changed * positions + p + 1) * K; i++) {
          differs |= logits[i] != base[i];
        }
        seen[p].set(changed, differs);
      }
    }
    return seen;
  }

  private static double[] logits(PixelCnn prior, int height, int width, int... maps) {
    try (Step step = Step.inference()) {
      Tensor codes = step.tensor(maps, maps.length / height / width, height, width);
      return prior.logits(codes, Condition.NONE).toDoubles();
    }
  }

  /** The positions that the definition of the layers reaches. */
  private static BitSet[] defined(PixelCnnConfig config, int height, int width) {
    int positions = height * width;
    BitSet[] v = new BitSet[positions];
    BitSet[] h = new BitSet[positions];
    for (int p = 0; p < positions; p++) {
      v[p] = new BitSet();
      v[p].set(p);
      h[p] = (BitSet) v[p].clone();
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      int half = (layer == 0 ? config.firstKernel() : config.kernel()) / 2;
      int current = layer == 0 ? 1 : 0; // the first layer excludes the current row and column
      BitSet[] nextV = new BitSet[positions];
      BitSet[] nextH = new BitSet[positions];
      for (int p = 0; p < positions; p++) {
        int row = p / width;
        int column = p % width;
        nextV[p] = new BitSet();
        for (int i = Math.max(0, row - half); i <= row - current; i++) {
          for (int j = Math.max(0, column - half); j <= Math.min(width - 1, column + half); j++) {
            nextV[p].or(v[i * width + j]);
          }
        }
        nextH[p] = (BitSet) nextV[p].clone();
        for (int j = Math.max(0, column - half); j <= column - current; j++) {
          nextH[p].or(h[row * width + j]);
        }
      }
      v = nextV;
      h = nextH;
    }
    return h;
  }

  private static PixelCnn prior(int firstKernel, int kernel, int layers) {
    PixelCnn prior =
        PixelCnn.ofCodes(K)
            .firstKernel(firstKernel)
            .kernel(kernel)
            .layers(layers)
            .channels(6)
            .headChannels(64)
            .build();
    prior.convert(DType.DOUBLE); // the weakest influence is not rounded away
    return prior;
  }

  @ParameterizedTest
  @CsvSource({"3, 3, 1, 5, 4", "3, 3, 2, 4, 7", "7, 3, 3, 6, 5", "3, 5, 2, 1, 6", "5, 3, 2, 6, 1"})
  void logitsDependOnTheReceptiveFieldOnly(
      int firstKernel, int kernel, int layers, int height, int width) {
    PixelCnn prior = prior(firstKernel, kernel, layers);
    BitSet[] expected = defined(prior.config(), height, width);
    BitSet[] actual = dependencies(prior, height, width);
    for (int p = 0; p < height * width; p++) {
      assertEquals(expected[p], actual[p], "position " + p);
      assertTrue(actual[p].length() <= p, "a later code reaches position " + p);
    }
  }

  @Test
  void thereIsNoBlindSpot() {
    int height = 4;
    int width = 5;
    BitSet[] seen = dependencies(prior(5, 3, 4), height, width);
    for (int p = 0; p < height * width; p++) {
      assertEquals(p, seen[p].cardinality(), "earlier positions that reach position " + p);
    }
  }

  @Test
  void floatLogitsOfEarlierPositionsAreEqual() {
    PixelCnn prior = prior(7, 3, 3);
    prior.convert(DType.FLOAT);
    BitSet[] seen = dependencies(prior, 5, 6);
    for (int p = 0; p < 30; p++) {
      assertTrue(seen[p].length() <= p, "a later code reaches position " + p);
    }
  }

  @Test
  void conditionsReachEveryPosition() {
    PixelCnn prior =
        PixelCnn.ofCodes(K).classes(2).conditionCodebookSize(3).layers(2).channels(6).build();
    try (Step step = Step.inference()) {
      Codes other = Codes.of(new int[] {0, 1, 2, 0, 1, 2}, 3, 1, 2, 3);
      Codes changed = Codes.of(new int[] {1, 2, 0, 1, 2, 0}, 3, 1, 2, 3);
      float[] base = logits(step, prior, Condition.label(0).withCodes(other));
      assertDiffersEverywhere(base, logits(step, prior, Condition.label(1).withCodes(other)));
      assertDiffersEverywhere(base, logits(step, prior, Condition.label(0).withCodes(changed)));
    }
  }

  private static float[] logits(Step step, PixelCnn prior, Condition condition) {
    return prior.logits(step.tensor(new int[24], 1, 4, 6), condition).toFloats();
  }

  private static void assertDiffersEverywhere(float[] a, float[] b) {
    for (int p = 0; p < 24; p++) {
      boolean differs = false;
      for (int k = 0; k < K; k++) {
        differs |= a[p * K + k] != b[p * K + k];
      }
      assertTrue(differs, "position " + p);
    }
  }
}
