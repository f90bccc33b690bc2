package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttentionBlockTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void matchesPyTorch(DType dtype) throws IOException {
    try (Layer block = new AttentionBlock(6, 2, new Rng(1))) {
      LayerGolden.compare("attention_block", block, dtype);
    }
  }

  @Test
  void invalidArgumentsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new AttentionBlock(6, 4, new Rng(1))),
        "GroupNormConfig.channels: expected a multiple of the 4 groups, at least 1, got 6.");
    try (AttentionBlock block = new AttentionBlock(2, 1, new Rng(1));
        Step step = Step.inference()) {
      Tensor row = step.tensor(new float[6], 3, 2);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> block.forward(row)),
          "AttentionBlock",
          "[batch, height, width, channels]",
          "[3, 2]");
    }
  }
}
