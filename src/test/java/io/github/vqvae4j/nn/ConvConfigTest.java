package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Variable;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConvConfigTest {
  @Test
  void settersDoNotChangeOtherSettings() {
    ConvOptions options =
        ConvConfig.of(4, 8, 3)
            .stride(3)
            .outputPadding(2)
            .groups(4)
            .dilation(2)
            .padding(1)
            .stride(4)
            .options();
    ConvOptions.Axis axis = new ConvOptions.Axis(4, 1, 1, 2, 2);
    assertEquals(new ConvOptions(axis, axis, 4), options);
  }

  @Test
  void groupsThatDoNotDivideTheChannelsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ConvConfig.of(4, 6, 3).groups(4)),
        "ConvConfig.options: expected a number of groups that divides 4 and 6 channels, got 4"
            + " groups.");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ConvConfig.of(6, 4, 3).groups(4)),
        "divides 6 and 4 channels");
  }

  /** Checks weight shapes and PyTorch's bound, 1/sqrt(fan_in). */
  @Test
  void weightShapesAndBoundsDependOnGroups() {
    ConvConfig config = ConvConfig.of(12, 36, 5).groups(3);
    check(new Conv2d(config, new Rng(1)), 5 * 5 * 4, 5, 5, 4, 36);
    check(new ConvTranspose2d(config, new Rng(1)), 5 * 5 * 12, 5, 5, 12, 12);
    check(new Conv1d(config, new Rng(1)), 5 * 4, 5, 4, 36);
    check(new ConvTranspose1d(config, new Rng(1)), 5 * 12, 5, 12, 12);
  }

  private static void check(Layer layer, int fanIn, long... shape) {
    try (layer) {
      Map<String, Variable> variables = layer.variables();
      assertArrayEquals(shape, variables.get("weight").shape());
      assertArrayEquals(new long[] {36}, variables.get("bias").shape());
      double max = 0;
      for (float weight : variables.get("weight").toFloats()) {
        max = Math.max(max, Math.abs(weight));
      }
      double bound = 1 / Math.sqrt(fanIn);
      assertTrue(max <= bound && max > 0.95 * bound, max + " compared with " + bound);
    }
  }
}
