package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MultiHeadAttentionTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void matchesPyTorch(DType dtype) throws IOException {
    try (Layer attention = new MultiHeadAttention(6, 3, false, new Rng(1))) {
      LayerGolden.compare("attention", attention, dtype);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void causalAttentionMatchesPyTorchWithAMask(DType dtype) throws IOException {
    try (Layer attention = new MultiHeadAttention(6, 3, true, new Rng(1))) {
      LayerGolden.compare("attention_causal", attention, dtype);
    }
  }

  @Test
  void biasesAreInitializedWithZeroAsInPyTorch() {
    try (Layer attention = new MultiHeadAttention(4, 2, false, new Rng(1))) {
      attention
          .variables()
          .forEach(
              (name, variable) -> {
                if (name.endsWith("bias")) {
                  assertArrayEquals(new float[4], variable.toFloats(), name);
                }
              });
    }
  }

  @Test
  void invalidArgumentsAreRejected() {
    Rng rng = new Rng(1);
    for (int heads : new int[] {0, 4}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> new MultiHeadAttention(6, heads, true, rng)),
          "a number of heads that divides the dimension",
          "dimension 6",
          "heads " + heads);
    }
    try (Layer attention = new MultiHeadAttention(6, 3, true, rng);
        Step step = Step.inference()) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> attention.forward(step.tensor(new float[24], 3, 8))),
          "[batch, length, 6]",
          "[3, 8]");
    }
  }
}
