package io.github.vqvae4j.model.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.CapturedLog;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that reject small images or maps, with which their factors are measured. */
class RejectedSizesTest {
  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  /** A layer without weights. */
  private static final class Function extends Layer {
    private final UnaryOperator<Tensor> function;

    Function(UnaryOperator<Tensor> function) {
      this.function = function;
    }

    @Override
    protected Tensor compute(Tensor x) {
      return function.apply(x);
    }
  }

  static List<RuntimeException> failures() {
    return List.of(
        new ArithmeticException("/ by zero"),
        new IllegalStateException("too small"),
        new IndexOutOfBoundsException("row 5"),
        new NullPointerException());
  }

  private static VqVae above(int side, RuntimeException failure) {
    Layer check =
        new Function(
            x -> {
              if (x.size(1) < side) {
                throw failure;
              }
              return x;
            });
    Encoder encoder = new ChainEncoder(check, ReachModels.patches(4));
    return ReachModels.model(encoder, new ChainDecoder(ReachModels.pixels(4)));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anyExceptionOfASmallMap(RuntimeException failure) {
    try (VqVae model = above(48, failure)) {
      assertEquals(16, model.encode(Photograph.of(64, 64, 0.1)).shape()[1]);
    }
  }

  @Test
  void memoryIsNoProblemOfTheModel() {
    RuntimeException failure = new InsufficientMemoryException("1 needed.", "Buy.", 1, true, null);
    try (VqVae model = above(48, failure)) {
      Images image = Photograph.of(64, 64, 0.1);
      assertThrows(InsufficientMemoryException.class, () -> model.encode(image));
    }
  }

  private static UnaryOperator<Tensor> reflect(int pixels) {
    return x ->
        x.padReflect(1, pixels, pixels)
            .padReflect(2, pixels, pixels)
            .slice(1, pixels, x.size(1) + pixels)
            .slice(2, pixels, x.size(2) + pixels);
  }

  /** Reflection padding of n needs n + 1 cells. */
  @Test
  void reflectionPaddingHasFactors() {
    for (int pixels : new int[] {1, 3, 7}) {
      try (VqVae model =
          ReachModels.model(
              new ChainEncoder(ReachModels.patches(4), new Function(reflect(pixels))),
              new ChainDecoder(new Function(reflect(pixels)), ReachModels.pixels(4)))) {
        assertEquals(new Factors(4, 4, 1), factors(model));
        Codes codes = model.encode(Photograph.of(121, 98, 0.1));
        assertEquals(31, codes.shape()[1], "padded");
        TiledReachTest.assertEqualToWhole(model, Photograph.of(400, 400, 0.4));
      }
      Tiling.limit(Tiling.DEFAULT);
    }
  }

  private static Factors factors(VqVae model) {
    return Factors.of(model.encoder(), model.decoder(), ReachModels.DIMENSION);
  }

  @Test
  void oneWarningSaysWhyLargeImagesAreNotDivided() {
    try (VqVae model = above(300, new IllegalStateException("too small"));
        CapturedLog log = new CapturedLog(Tiling.class)) {
      model.encode(Photograph.of(512, 512, 0.1));
      model.reconstruct(Photograph.of(512, 512, 0.1));
      assertEquals(1, log.warnings().size());
      assertTrue(
          log.warnings().get(0).contains("small images or code maps are rejected (too small)"),
          log.warnings().get(0));
    }
  }

  @Test
  void aLargeImageWithoutMemorySaysWhyItIsNotDivided() {
    Layer check =
        new Function(
            x -> {
              if (x.size(1) < 100) {
                throw new IllegalStateException("too small");
              }
              throw new InsufficientMemoryException("1 GB needed.", "Buy.", 1 << 30, false, null);
            });
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(check, ReachModels.patches(4)),
            new ChainDecoder(ReachModels.pixels(4)))) {
      Images image = Photograph.of(512, 512, 0.1);
      assertMessageContains(
          assertThrows(InsufficientMemoryException.class, () -> model.encode(image)),
          "1 GB needed",
          "does not process large images in tiles, because small images or code maps are rejected",
          "too small");
    }
  }
}
