package io.github.vqvae4j.model.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Latents;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.palette.ImagePalette;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.random.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Arithmetic with sizes near 2^31, without allocating memory of that size. */
class ArrayLengthsTest {
  private static final int MAX_INT = Integer.MAX_VALUE;

  /** A dataset that repeats one image. */
  private record Repeated(Dataset one, int size) implements Dataset {
    @Override
    public int height() {
      return one.height();
    }

    @Override
    public int width() {
      return one.width();
    }

    @Override
    public int channels() {
      return one.channels();
    }

    @Override
    public void image(int index, float[] target, int offset) {
      one.image(0, target, offset);
    }

    @Override
    public int label(int index) {
      return -1;
    }
  }

  private static void assertRejected(Executable call, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, call), parts);
  }

  @Test
  void resultsLargerThanAnArrayAreRejected() {
    Dataset one = Shapes.rectangles(1, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 3);
        Autoencoder autoencoder = LatentModels.autoencoder(1);
        Vae vae = LatentModels.vae(1).build()) {
      AnomalyDetector detector =
          AnomalyDetector.calibrate(
              model, Shapes.rectangles(20, 8, 1, 1), AnomalyConfig.falsePositiveRate(0.1));
      // Multiplied by 16 codes: negative as an int, 16 as an int, and slightly too many.
      for (int size : new int[] {MAX_INT, (1 << 28) + 1, 1 << 27}) {
        Dataset many = new Repeated(one, size);
        String text = size + " images of 16 codes";
        assertRejected(() -> model.encode(many), "VqVae.encode", text, "range(");
        assertRejected(
            () -> model.reconstruct(many),
            "VqVae.reconstruct",
            size + " images of 64 pixels",
            "range(");
        assertRejected(
            () -> detector.heatMap(many), "heatMap", size + " images of 64 pixels", "range(");
      }
      for (int size : new int[] {MAX_INT, (1 << 30) + 1, 357_913_942}) {
        Dataset many = new Repeated(one, size);
        assertRejected(
            () -> autoencoder.encode(many), "Autoencoder.encode", size + " images of 6 values");
        assertRejected(
            () -> vae.encode(many), "Vae.encode", size + " images of 6 values", "range(");
        assertRejected(
            () -> vae.sample(size, new Rng(1)),
            "Vae.sample",
            size + " latents of 6 values",
            "sample fewer");
        Latents latent = vae.encode(one);
        assertRejected(
            () -> Latents.interpolate(latent, latent, size),
            "Latents.interpolate",
            size + " latents of 6 values");
      }
      Images gray = Images.from(Shapes.rectangles(9, 8, 1, 1), 0);
      ImagePalette palette = ImagePalette.fit(gray, KMeansConfig.of(2), new Rng(1));
      assertRejected(
          () -> palette.encode(new Repeated(gray, 1 << 26)),
          "ImagePalette.encode",
          (1 << 26) + " images of 64 pixels");
    }
  }

  @Test
  void shapesWhoseProductOverflowsAreRejected() {
    assertEquals(1 << 20, 1_867_833L * 18_837_001 * (1 << 20), "as a long");
    assertRejected(
        () -> Latents.of(new float[1 << 20], 1_867_833, 18_837_001, 1 << 20),
        "Latents",
        "[1867833, 18837001, 1048576]",
        "1048576 values");
  }

  @Test
  void overflowingLengthsAreRejected() {
    assertEquals(0, ArrayLengths.of("x", 0, "a", 5, "b", "c"));
    assertEquals(ArrayLengths.MAX, ArrayLengths.of("x", ArrayLengths.MAX, "a", 1, "b", "c"));
    assertEquals(1 << 30, ArrayLengths.of("x", 1 << 15, "a", 1 << 15, "b", "c"));
    assertRejected(
        () -> ArrayLengths.of("x.y", MAX_INT, "images", 1, "codes", "do this"),
        "x.y: got 2147483647 images of 1 codes",
        "at most 2147483639",
        "do this");
    assertRejected(
        () -> ArrayLengths.of("x", MAX_INT, "a", MAX_INT, "b", "c"),
        "2147483647 a of 2147483647 b");
    assertRejected(
        () -> ArrayLengths.of("x", 1 << 16, "a", 1 << 16, "b", "c"), "65536 a of 65536 b");
  }

  @Test
  void lastChunkEndsAtTheSize() {
    assertEquals(64, ArrayLengths.chunkEnd(0, 64, 100));
    assertEquals(100, ArrayLengths.chunkEnd(64, 64, 100));
    assertEquals(100, ArrayLengths.chunkEnd(36, 64, 100));
    assertEquals(MAX_INT, ArrayLengths.chunkEnd(MAX_INT - 1, 64, MAX_INT));
    assertEquals(MAX_INT, ArrayLengths.chunkEnd(MAX_INT - 64, 64, MAX_INT));
    assertEquals(MAX_INT - 1, ArrayLengths.chunkEnd(MAX_INT - 65, 64, MAX_INT));
    assertEquals(0, ArrayLengths.chunks(0, 64));
    assertEquals(1, ArrayLengths.chunks(1, 64));
    assertEquals(2, ArrayLengths.chunks(65, 64));
    assertEquals(1 << 25, ArrayLengths.chunks(MAX_INT, 64));
    assertEquals(MAX_INT, ArrayLengths.chunks(MAX_INT, 1));
    assertEquals(1, ArrayLengths.chunks(MAX_INT, MAX_INT));
  }
}
