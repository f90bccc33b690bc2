package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResidualStackTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void aRectifiedSkipIsThatOfAnInPlaceReluInPyTorch(DType dtype) throws IOException {
    ResidualConfig config = ResidualConfig.of(2, 3).bias(false).skip(Skip.RECTIFIED);
    try (Layer stack = new ResidualStack(Conv2d::new, 4, config, Initializer.TORCH, new Rng(1))) {
      LayerGolden.compare("residual_rectified", stack, dtype);
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> ResidualConfig.of(-1, 32)),
        "blocks of at least 0",
        "got -1 blocks of 32");
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> ResidualConfig.of(2, 0)),
        "channels of at least 1",
        "got 2 blocks of 0");
  }
}
