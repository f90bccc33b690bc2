package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Embedding;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.CapturedLog;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that reject the inputs with which their reach is measured encode large images. */
class RejectedProbesTest {
  private static final Images IMAGE = Photograph.of(300, 420, 0.4);

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

  private static Tensor checked(Tensor x) {
    for (float value : x.toFloats()) {
      if (Math.abs(value) > 0.5001f) {
        throw new IllegalArgumentException("expected pixels from -0.5 to 0.5, got " + value);
      }
    }
    return x;
  }

  private static final class Levels extends Layer {
    private final Embedding embedding = child("embedding", new Embedding(256, 1, new Rng(3)));

    @Override
    protected Tensor compute(Tensor x) {
      Tensor levels = x.add(0.5).mul(255).round().to(DType.INT);
      return embedding.forward(levels).reshape(x.shape());
    }
  }

  private static Layer limited(String kind) {
    return switch (kind) {
      case "gamma" -> new Function(x -> x.add(0.5).pow(2.2));
      case "exp" -> new Function(Tensor::exp);
      case "embedding" -> new Levels();
      case "range" -> new Function(RejectedProbesTest::checked);
      default -> throw new AssertionError(kind);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"gamma", "exp", "embedding", "range"})
  void encodersOfPixelsFrom0To1Only(String kind) {
    Encoder encoder =
        new ChainEncoder(limited(kind), ReachModels.patches(4), ReachModels.conv(3, 1));
    try (VqVae model = ReachModels.model(encoder, new ChainDecoder(ReachModels.pixels(4)));
        CapturedLog log = new CapturedLog(Tiling.class)) {
      TiledReachTest.assertEqualToWhole(model, IMAGE);
      assertEquals(List.of(), log.warnings());
    }
  }

  @Test
  void decodersOfVectorsOfCodesOnly() {
    Layer codes =
        new Function(
            x -> {
              for (float value : x.toFloats()) {
                if (value != Math.round(value)) {
                  throw new IllegalArgumentException("expected whole numbers, got " + value);
                }
              }
              return x;
            });
    Decoder decoder = new ChainDecoder(codes, ReachModels.conv(3, 1), ReachModels.pixels(4));
    try (VqVae model =
            ReachModels.model(
                new ChainEncoder(ReachModels.patches(4), new Function(x -> x.mul(3).round())),
                decoder);
        CapturedLog log = new CapturedLog(Tiling.class)) {
      TiledReachTest.assertEqualToWhole(model, IMAGE);
      assertEquals(List.of(), log.warnings());
    }
  }

  private static String warningOf(UnaryOperator<Tensor> first) {
    try (VqVae model =
            ReachModels.model(
                new ChainEncoder(new Function(first), ReachModels.patches(4)),
                new ChainDecoder(ReachModels.pixels(4)));
        CapturedLog log = new CapturedLog(Tiling.class)) {
      Tiling.limit(new Tiling.Limits(0, 128));
      assertEquals(model.encode(IMAGE), model.encode(IMAGE));
      model.reconstruct(IMAGE);
      assertEquals(1, log.warnings().size());
      return log.warnings().get(0);
    }
  }

  @Test
  void positionMapsThatAreSmallerThanProbes() {
    String warning =
        warningOf(
            x -> {
              if (x.size(1) > 300 || x.size(2) > 420) {
                throw new IndexOutOfBoundsException("positions of at most 300x420");
              }
              return x;
            });
    assertTrue(warning.startsWith("VqVae: the encoder does not accept the random inputs"), warning);
    assertTrue(warning.contains("(positions of at most 300x420)"), warning);
  }

  @Test
  void probesThatNeedMoreMemoryThanThereIs() {
    String warning =
        warningOf(
            x -> {
              if (x.size(2) > 500 || x.size(1) > 500) {
                throw new InsufficientMemoryException("500 needed.", "Buy more.", 500, false, null);
              }
              return x;
            });
    assertTrue(warning.contains("500 needed"), warning);
  }
}
