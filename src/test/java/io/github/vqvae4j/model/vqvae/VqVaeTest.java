package io.github.vqvae4j.model.vqvae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VqVaeTest {
  @Test
  void reconstructionIsBitIdenticalToDecodingTheCodes() {
    Dataset images = Shapes.rectangles(70, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 2)) {
      Codes codes = model.encode(images);
      assertArrayEquals(new int[] {70, 4, 4}, codes.shape());
      Images decoded = model.decode(codes);
      assertEquals(model.reconstruct(images), decoded);
      assertEquals(70, decoded.size());
      try (Step step = Step.inference()) {
        float[] pixels = new float[64];
        images.image(69, pixels, 0);
        Tensor forward = model.forward(step.tensor(pixels, 1, 8, 8, 1));
        float[] last = decoded.image(69).pixels();
        assertArrayEquals(last, forward.toFloats(), 1e-5f);
      }
    }
  }

  @Test
  void defaultModelHasAsManyParametersAsInSonnet() {
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(3))
            .quantizer(VectorQuantizer.ema(512, 64))
            .decoder(ConvDecoder.channels(3))
            .build()) {
      int parameters = model.parameters().stream().mapToInt(p -> p.size()).sum();
      assertEquals(695_491, parameters + 512 * 64, "with the codebook");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, TRANSPOSED", "1, TRANSPOSED", "2, NEAREST", "3, TRANSPOSED", "4, NEAREST"})
  void downsamplingFactorCanBeAnyPowerOfTwo(
      int stages, ConvDecoderConfig.UpsampleMode upsampleMode) {
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(3).hidden(4).downsample(stages).residual(1, 2))
            .quantizer(VectorQuantizer.ema(4, 2))
            .decoder(
                ConvDecoder.channels(3)
                    .hidden(4)
                    .upsample(stages)
                    .residual(1, 2)
                    .upsampleMode(upsampleMode))
            .build()) {
      Dataset images = Shapes.rectangles(2, 16, 3, 1);
      Codes codes = model.encode(images);
      assertArrayEquals(new int[] {2, 16 >> stages, 16 >> stages}, codes.shape());
      assertEquals(16, model.decode(codes).height());
    }
  }

  @Test
  void concurrentResultsAreBitIdentical() throws Exception {
    Dataset images = Shapes.rectangles(20, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 2)) {
      Images expected = model.reconstruct(images);
      Codes codes = model.encode(images);
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        List<Callable<Boolean>> jobs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          jobs.add(
              () ->
                  model.reconstruct(images).equals(expected)
                      && model.encode(images).equals(codes)
                      && model.decode(codes).equals(expected));
        }
        for (Future<Boolean> job : threads.invokeAll(jobs)) {
          assertEquals(true, job.get());
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void imagesOfTheWrongSizeOrChannelsAreRejected() {
    try (VqVae model = Shapes.model(1, 2)) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.encode(Shapes.rectangles(32, 28, 3, 1))),
          "expected images [batch, height, width, 1]",
          "got [16, 28, 28, 3]",
          "channels(3)",
          "Images.toGray");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> Trainer.of(model).batch(1).steps(1).fit(Shapes.rectangles(1, 9, 1, 1))),
          "multiples of 2",
          "got 9x9",
          "a smaller downsample");
    }
  }

  @Test
  void emptyDataSetsAreRejected() {
    Dataset none = Shapes.rectangles(1, 8, 1, 1).range(0, 0);
    try (VqVae model = Shapes.model(1, 2)) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.encode(none)), "got none");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.reconstruct(none)), "got none");
    }
  }

  @Test
  void codesOfADifferentCodebookAreRejected() {
    try (VqVae model = Shapes.model(1, 2)) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> model.decode(Codes.of(new int[16], 512, 1, 4, 4))),
          "a codebook of 16",
          "a codebook of 512",
          "model that encoded them");
    }
  }

  @Test
  void mismatchedComponentsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> VqVae.builder().build()),
        "encoder(..)",
        "quantizer(..)",
        "decoder(..)");
    ConvEncoder encoder = ConvEncoder.channels(1).hidden(4).build(5, new Rng(1));
    try (VqVae model =
        VqVae.builder()
            .encoder(encoder)
            .quantizer(VectorQuantizer.ema(4, 2))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1))
            .build()) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.encode(Shapes.rectangles(1, 8, 1, 1))),
          "[1, 2, 2, 5]",
          "expected an encoder output [.., 2], the dimension of the quantizer");
    }
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(2))
            .quantizer(VectorQuantizer.ema(4, 2))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1))
            .build()) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> model.reconstruct(Shapes.rectangles(1, 8, 1, 1))),
          "[1, 4, 4, 1]",
          "equal upsampling and downsampling factors");
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ConvEncoder.channels(1).hidden(3)),
        "ConvEncoderConfig.hidden: expected an even number of at least 2, got 3.");
  }
}
