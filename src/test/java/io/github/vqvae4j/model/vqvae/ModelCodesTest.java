package io.github.vqvae4j.model.vqvae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.datasets.Mnist;
import io.github.vqvae4j.data.datasets.RealData;
import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.palette.ImagePalette;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels of images, codes of several codebooks, and missing codes in models. */
class ModelCodesTest {
  /** More images than one chunk. */
  private static final int COUNT = 70;

  @TempDir private Path folder;

  /** A model whose latents are the means of 2x2 blocks of pixels. */
  private static VqVae twoStages(boolean supportsMissingCodes) {
    Encoder encoder =
        new Encoder() {
          @Override
          protected Tensor compute(Tensor images) {
            Tensor means = images.spaceToDepth(2).mean(-1);
            return means.reshape(images.size(0), images.size(1) / 2, images.size(2) / 2, 1);
          }
        };
    Decoder decoder =
        new Decoder() {
          @Override
          protected Tensor compute(Tensor quantized) {
            return quantized.upsample(2);
          }
        };
    return VqVae.builder()
        .encoder(encoder)
        .quantizer(new TwoStageQuantizer(supportsMissingCodes))
        .decoder(decoder)
        .build();
  }

  /** Grayscale images with the labels 0, 1, 2, ..; every third image has none. */
  private static Dataset labeledImages() {
    byte[] pixels = new byte[COUNT * 6 * 4];
    Rng rng = new Rng(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) rng.nextInt(256);
    }
    return ByteImages.of(pixels, COUNT, 6, 4, 1).withLabels(labels());
  }

  private static int[] labels() {
    return IntStream.range(0, COUNT).map(i -> i % 3 == 2 ? -1 : i).toArray();
  }

  @Test
  void codesOfTwoStagesAreDecodedAndSaved() throws IOException {
    Dataset images = labeledImages();
    try (VqVae model = twoStages(false)) {
      Codes codes = model.encode(images);
      assertArrayEquals(new int[] {COUNT, 3, 2}, codes.shape());
      assertEquals(Codebooks.residual(5, 7), codes.codebooks());
      assertArrayEquals(labels(), codes.labels().orElseThrow());
      Images decoded = model.decode(codes);
      assertEquals(model.reconstruct(images), decoded);
      assertArrayEquals(labels(), ModelImages.labels(decoded));
      int[] values = codes.values();
      for (int i = 0; i < COUNT * 3 * 2; i++) {
        double expected = 0.5 + TwoStageQuantizer.value(values[2 * i], values[2 * i + 1]);
        float pixel = decoded.pixels()[24 * (i / 6) + 8 * (i % 6 / 2) + 2 * (i % 2)];
        assertEquals(expected, pixel, 1e-6);
      }
      Path file = folder.resolve("codes");
      codes.write(file);
      assertEquals(decoded, model.decode(Codes.read(file)));
    }
  }

  @Test
  void codesOfAnotherModelAreRejected() throws IOException {
    Dataset images = Shapes.rectangles(20, 8, 1, 1);
    Path file = folder.resolve("some.codes");
    Path weights = folder.resolve("model.safetensors");
    try (VqVae model = Shapes.model(1, 2);
        VqVae other = Shapes.model(1, 3)) {
      Codes codes = model.encode(images);
      codes.write(file);
      Codes again = Codes.read(file);
      assertEquals(Optional.of(model.weightHash()), again.modelHash());
      assertArrayEquals(model.reconstruct(images).pixels(), model.decode(again).pixels());
      String hash = other.weightHash();
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> other.decode(again)),
          "VqVae.decode: expected codes of this model",
          hash,
          model.weightHash());
      Codes unknown = Codes.of(codes.values(), codes.codebooks(), codes.shape());
      assertEquals(images.size(), other.decode(unknown).size());
      model.save(weights);
      try (VqVae loaded = VqVae.load(weights)) {
        assertArrayEquals(model.decode(codes).pixels(), loaded.decode(again).pixels());
      }
      Variable first = model.variables().values().iterator().next();
      float[] values = first.toFloats();
      values[0] += 1;
      first.set(values);
      assertThrows(IllegalArgumentException.class, () -> model.decode(again));
    }
  }

  @Test
  void missingStagesAreDecodedIfSupported() {
    Dataset images = labeledImages();
    try (VqVae model = twoStages(true)) {
      Codes codes = model.encode(images);
      int[] values = codes.values();
      for (int i = 1; i < values.length; i += 2) {
        values[i] = -1;
      }
      Codes coarse = Codes.of(values, codes.codebooks(), codes.shape());
      float[] pixels = model.decode(coarse).pixels();
      int[] first = codes.stage(0).values();
      for (int i = 0; i < first.length; i++) {
        float pixel = pixels[24 * (i / 6) + 8 * (i % 6 / 2) + 2 * (i % 2)];
        assertEquals(0.5 + (first[i] - 2) / 10.0, pixel, 1e-6);
      }
    }
  }

  @Test
  void stagesAreTheLastAxisOfTheTensor() {
    int[] values = {4, 6, 0, -1, -1, 3, -1, -1};
    try (VqVae model = twoStages(true);
        VqVae strict = twoStages(false);
        Step step = Step.inference()) {
      Codes codes = Codes.of(values, Codebooks.residual(5, 7), 1, 2, 2);
      Tensor tensor = codes.in(step);
      assertArrayEquals(new long[] {1, 2, 2, 2}, tensor.shape());
      assertEquals(codes, Codes.of(tensor, codes.codebooks()));
      Tensor images = model.decode(tensor);
      assertArrayEquals(model.decode(codes).pixels(), images.toFloats());
      assertEquals(0.5 + 0.2 + 0.03, images.toFloats()[0], 1e-6);
      Quantizer quantizer = model.quantizer();
      assertArrayEquals(
          quantizer.lookup(tensor).toFloats(), quantizer.lookup(codes, step).toFloats());
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> strict.quantizer().lookup(codes, step)),
          "TwoStageQuantizer.lookup",
          "missing code (-1) at [0, 0, 1], stage 1 and at 3 more");
      Codes other = Codes.of(values, Codebooks.residual(5, 8), 1, 2, 2);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> quantizer.lookup(other, step)),
          "TwoStageQuantizer.lookup",
          "expected codes of",
          "the quantizer that encoded them");
      assertEquals(0.5, images.toFloats()[15], 1e-6);
      Tensor again = model.encode(images);
      assertArrayEquals(new int[] {4, 6, 0, 3, 2, 3, 2, 3}, again.toInts());
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> strict.decode(tensor)),
          "TwoStageQuantizer.lookup",
          "missing code (-1) at [0, 0, 1], stage 1 and at 3 more");
      for (int[] bad : new int[][] {{5, 0}, {0, 7}, {-2, 0}}) {
        Tensor outOfRange = step.tensor(bad, 1, 1, 1, 2);
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> model.decode(outOfRange)),
            "expected codes from 0 to",
            "at [0, 0, 0], stage " + (bad[1] == 7 ? 1 : 0));
      }
      for (Tensor wrong :
          new Tensor[] {
            step.tensor(new int[4], 1, 2, 2, 1),
            step.tensor(new int[2], 2),
            step.tensor(new float[2], 1, 1, 1, 2)
          }) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> model.decode(wrong)),
            "an INT tensor of shape [batch, .., 2] for 2 stages of [5, 7] codes, got "
                + wrong.dtype());
      }
    }
  }

  @Test
  void missingCodesAreRejectedIfUnsupported() {
    Dataset images = labeledImages();
    try (VqVae model = twoStages(false)) {
      Codes codes = model.encode(images);
      int[] values = codes.values();
      values[((69 * 3 + 2) * 2 + 1) * 2 + 1] = -1;
      Codes one = Codes.of(values, codes.codebooks(), codes.shape());
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.decode(one)),
          "VqVae.decode",
          "got a missing code (-1) at [69, 2, 1], stage 1 of Codes[70, 3, 2] of 2 stages of [5, 7] codes, 1"
              + " of 840 missing");
    }
    try (VqVae model = Shapes.model(1, 2)) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> model.decode(Codes.of(new int[] {0, -1, 15, -1}, 16, 1, 2, 2))),
          "at [0, 0, 1] and at 1 more");
    }
  }

  @Test
  void codesOfDifferentStagesAreRejected() {
    try (VqVae model = twoStages(true);
        VqVae plain = Shapes.model(1, 2)) {
      for (Codes codes :
          new Codes[] {
            Codes.of(new int[4], 5, 1, 2, 2),
            Codes.of(new int[8], Codebooks.residual(7, 5), 1, 2, 2),
            Codes.of(new int[8], Codebooks.grouped(5, 7), 1, 2, 2),
            Codes.of(new int[8], Codebooks.residual(5, 7), 1, 4)
          }) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> model.decode(codes)),
            "expected codes [count, height, width] of 2 stages of [5, 7] codes",
            "got " + codes);
      }
      Codes two = Codes.of(new int[8], Codebooks.residual(16, 16), 1, 2, 2);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> plain.decode(two)),
          "of a codebook of 16, got Codes[1, 2, 2] of 2 stages of 16 codes");
    }
  }

  @Test
  void imagesWithoutLabelsHaveCodesWithoutLabels() {
    try (VqVae model = twoStages(false)) {
      assertEquals(Optional.empty(), model.encode(Shapes.rectangles(3, 8, 1, 1)).labels());
      assertEquals(Optional.empty(), model.encode(labeledImages().range(2, 3)).labels());
      assertArrayEquals(
          new int[] {-1, 3}, model.encode(labeledImages().range(2, 4)).labels().orElseThrow());
    }
  }

  @Test
  void palettesPreserveLabelsAndRejectMissingCodes() throws IOException {
    Dataset images = labeledImages().range(0, 3);
    ImagePalette palette = ImagePalette.fit(images, KMeansConfig.of(4), new Rng(1));
    Codes codes = palette.encode(images);
    assertArrayEquals(new int[] {0, 1, -1}, codes.labels().orElseThrow());
    assertArrayEquals(new int[] {0, 1, -1}, ModelImages.labels(palette.decode(codes)));
    int[] values = codes.values();
    values[25] = -1;
    Codes missing = Codes.of(values, 4, codes.shape());
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> palette.decode(missing)),
        "ImagePalette.decode",
        "at [1, 0, 1] of");
    assertThrows(IllegalArgumentException.class, () -> palette.report(images, missing));
    Path file = folder.resolve("palette.png");
    assertThrows(IllegalArgumentException.class, () -> palette.write(missing.range(1, 2), file));
    palette.write(missing.range(0, 1), file);
    assertEquals(palette.decode(codes.range(0, 1)).size(), Images.read(file).size());
    Codes two = Codes.of(new int[12], Codebooks.residual(4, 4), 1, 2, 3);
    assertThrows(IllegalArgumentException.class, () -> palette.decode(two));
  }

  @Test
  void labelsOfMnistArePreserved() throws IOException {
    Dataset digits = Mnist.in(RealData.folder("mnist")).test().range(0, 1_000);
    int[] labels = IntStream.range(0, digits.size()).map(digits::label).toArray();
    try (VqVae model =
        Shapes.model(1, 3, VectorQuantizer.ema(16, 4).init(Initialization.UNIFORM))) {
      Codes codes = model.encode(digits);
      assertArrayEquals(new int[] {1_000, 14, 14}, codes.shape());
      assertArrayEquals(labels, codes.labels().orElseThrow());
      // The first ten labels of the test set.
      assertArrayEquals(
          new int[] {7, 2, 1, 0, 4, 1, 4, 9, 5, 9}, codes.range(0, 10).labels().orElseThrow());
      Path file = folder.resolve("digits.codes");
      codes.write(file);
      Codes again = Codes.read(file);
      assertEquals(codes, again);
      assertTrue(again.isComplete());
      assertEquals(model.decode(codes.range(0, 8)), model.decode(again.range(0, 8)));
      assertFalse(again.range(0, 8).labels().isEmpty());
    }
  }
}
