package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResnetBlockTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void matchesPyTorch(DType dtype) throws IOException {
    try (Layer block = new ResnetBlock(ResnetConfig.of(4, 4, 2), new Rng(1))) {
      LayerGolden.compare("resnet_block", block, dtype);
    }
    try (Layer block = new ResnetBlock(ResnetConfig.of(4, 6, 2), new Rng(1))) {
      LayerGolden.compare("resnet_block_widening", block, dtype);
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertRejected(
        () -> ResnetConfig.of(4, 6, 4),
        "ResnetConfig.out: expected a multiple of the 4 groups, at least 1, got 6.");
    assertRejected(
        () -> ResnetConfig.of(6, 4, 4), "ResnetConfig.in: expected a multiple", "got 6.");
    assertRejected(() -> ResnetConfig.of(0, 4, 1), "ResnetConfig.in", "got 0.");
    assertRejected(() -> ResnetConfig.of(4, 4, 0), "ResnetConfig.groups", "got 0.");
    assertRejected(() -> ResnetConfig.of(4, 4, 2).dropout(1), "dropout", "in [0, 1)", "got 1.0");
  }

  private static void assertRejected(Runnable mistake, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, mistake::run), parts);
  }
}
