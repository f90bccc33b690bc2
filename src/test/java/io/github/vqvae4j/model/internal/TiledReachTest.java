package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tiles whose margins are the measured reach of layers that look far equal the whole image. */
class TiledReachTest {
  private static final double NOISE = 0.4;

  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  /** Codebook vectors are latents of the image, so that many codes are used. */
  static void useLatents(VqVae model, Images image) {
    float[] codebook = new float[ReachModels.CODES * ReachModels.DIMENSION];
    try (Step step = Step.inference()) {
      Tensor pixels = step.tensor(image.pixels(), 1, image.height(), image.width(), 1);
      float[] latents = model.encoderOutput(pixels).toFloats();
      int stride = latents.length / ReachModels.DIMENSION / ReachModels.CODES;
      for (int i = 0; i < codebook.length; i++) {
        codebook[i] =
            latents[
                i / ReachModels.DIMENSION * stride * ReachModels.DIMENSION
                    + i % ReachModels.DIMENSION];
      }
    }
    model.variables().entrySet().stream()
        .filter(entry -> entry.getKey().contains("codebook"))
        .forEach(entry -> entry.getValue().set(codebook));
  }

  @Test
  void tilesOfLayersThatLookFarEqualTheWhole() {
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(ReachModels.patches(8), new ReachModels.Dilated(12, 24, 36)),
            new ChainDecoder(new ReachModels.Dilated(40), ReachModels.pixels(8)))) {
      assertEqualToWhole(model, Photograph.of(520, 704, NOISE));
    }
  }

  @Test
  void tilesOfDeepModelsEqualTheWhole() {
    try (VqVae model = ReachModels.deep(5, 6, 4)) {
      assertEqualToWhole(model, Photograph.of(640, 1600, NOISE));
    }
  }

  /** Asserts that codes, except for near ties, and pixels are those of whole passes. */
  static void assertEqualToWhole(VqVae model, Images image) {
    useLatents(model, image);
    Codes whole = model.encode(image);
    assertTrue(Arrays.stream(whole.values()).distinct().count() > 3, "several codes");
    Images decoded = model.decode(whole);
    Tiling.limit(new Tiling.Limits(0, 256));
    int[] tiled = model.encode(image).values();
    long different =
        IntStream.range(0, tiled.length).filter(i -> tiled[i] != whole.values()[i]).count();
    assertTrue(different <= 1 + tiled.length / 2000, different + " codes, more than near ties");
    assertArrayEquals(decoded.pixels(), model.decode(whole).pixels(), 1e-5f);
  }
}
