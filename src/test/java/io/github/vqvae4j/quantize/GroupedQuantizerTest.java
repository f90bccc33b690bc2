package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupedQuantizerTest {
  private static final VectorQuantizerConfig GROUP =
      VectorQuantizer.ema(6, 2).init(Initialization.NORMAL);
  private static final float[] LATENTS = QuantizerCase.gaussians(30 * 6, 5);

  /** A group sees its channels only, and codes are in the order of groups, then stages. */
  @Test
  void groupsAreIndependent() {
    for (Quantizer.Config config :
        List.of(
            GroupedQuantizer.of(3, GROUP),
            GroupedQuantizer.of(3, ResidualQuantizer.of(2, GROUP)))) {
      try (GroupedQuantizer quantizer = (GroupedQuantizer) config.build(new Rng(1));
          Step step = Step.inference()) {
        Tensor latents = step.tensor(LATENTS, 30, 6);
        Codes all = Codes.of(quantizer.encode(latents), quantizer.codebooks());
        assertEquals(3, all.codebooks().groups());
        for (int group = 0; group < 3; group++) {
          Tensor part = latents.slice(-1, 2L * group, 2L * group + 2);
          Quantizer own = quantizer.group(group);
          assertArrayEquals(own.encode(part).toInts(), all.group(group).values());
          assertArrayEquals(
              own.lookup(own.encode(part)).toFloats(),
              quantizer.lookup(all, step).slice(-1, 2L * group, 2L * group + 2).toFloats());
        }
      }
    }
  }

  @Test
  void oneGroupEqualsItsQuantizer() {
    try (Quantizer plain = GROUP.build(new Rng(1));
        Quantizer grouped = GroupedQuantizer.of(1, GROUP).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      Tensor latents = step.tensor(LATENTS, 30, 3, 2);
      Quantized expected = plain.quantize(latents);
      Quantized actual = grouped.quantize(latents);
      assertArrayEquals(expected.codes().shape(), actual.codes().shape());
      assertArrayEquals(expected.codes().toInts(), actual.codes().toInts());
      assertArrayEquals(expected.quantized().toFloats(), actual.quantized().toFloats());
      assertEquals(expected.terms().get(0).value().item(), actual.terms().get(0).value().item());
    }
  }

  @Test
  void groupsDropTheSameStages() {
    List<StageDropout> forms = List.of(StageDropout.perStep(), StageDropout.perExample(1));
    for (StageDropout dropout : forms) {
      GroupedQuantizerConfig separate =
          GroupedQuantizer.of(3, ResidualQuantizer.of(3, GROUP).dropout(dropout));
      for (GroupedQuantizerConfig config : List.of(separate, separate.shared())) {
        try (Quantizer quantizer = config.build(new Rng(1));
            Step step = Step.training(new RngKey(1, 4, 0))) {
          Quantized quantized = quantizer.quantize(step.tensor(LATENTS, 30, 6));
          Codes codes = Codes.of(quantized.codes(), quantizer.codebooks());
          for (int group = 1; group < 3; group++) {
            assertArrayEquals(missing(codes.group(0)), missing(codes.group(group)));
          }
        }
      }
    }
  }

  private static int[] missing(Codes codes) {
    return Arrays.stream(codes.values()).map(code -> Math.min(code, 0)).toArray();
  }

  /** The clusters of each group are those of its channels; of a shared codebook, of all rows. */
  @Test
  void groupsAreInitializedFromTheirChannels() {
    float[] latents = {0, 10, 1, 20, 0, 20, 1, 10};
    VectorQuantizerConfig two = VectorQuantizer.ema(2, 1);
    try (GroupedQuantizer quantizer = GroupedQuantizer.of(2, two).build(new Rng(1));
        GroupedQuantizer shared =
            GroupedQuantizer.of(2, VectorQuantizer.ema(4, 1)).shared().build(new Rng(1))) {
      assertEquals(40, quantizer.initializationLatents());
      assertEquals(40, shared.initializationLatents());
      quantizer.initialize(latents, 4, new Rng(1));
      shared.initialize(latents, 4, new Rng(1));
      assertArrayEquals(new float[] {0, 1}, sorted(quantizer.group(0)));
      assertArrayEquals(new float[] {10, 20}, sorted(quantizer.group(1)));
      assertArrayEquals(new float[] {0, 1, 10, 20}, sorted(shared.group(1)));
      assertEquals(0, quantizer.initializationLatents());
    }
  }

  private static float[] sorted(Quantizer quantizer) {
    float[] codebook = ((VectorQuantizer) quantizer).codebook();
    Arrays.sort(codebook);
    return codebook;
  }

  @Test
  void invalidSettingsAreRejected() {
    assertRejected(
        () -> GroupedQuantizer.of(0, GROUP),
        "GroupedQuantizerConfig.groups: expected H from 1 to 1024 groups, got 0.");
    assertRejected(
        () -> GroupedQuantizer.of(2, GroupedQuantizer.of(2, GROUP)),
        "GroupedQuantizerConfig.group: expected a quantizer without groups, got",
        "multiply the numbers of groups.");
    try (Quantizer quantizer = GroupedQuantizer.of(3, GROUP).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor wrong = step.tensor(new float[8], 2, 4);
      assertRejected(
          () -> quantizer.encode(wrong), "GroupedQuantizer: expected latents [.., 6], got [2, 4].");
    }
  }

  private static void assertRejected(Runnable wrong, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, wrong::run), parts);
  }
}
