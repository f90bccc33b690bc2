package io.github.vqvae4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.model.ConvDecoderConfig.Doubling;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.quantize.EmaConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Start;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of any settings are loaded as they were saved: the file has what the settings ask for. */
class RandomModelFilesTest {
  @TempDir private Path folder;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private int from(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  private <E extends Enum<E>> E any(Class<E> type) {
    E[] constants = type.getEnumConstants();
    return constants[random.nextInt(constants.length)];
  }

  private Integer[] sizes(int least, int most) {
    Integer[] sizes = new Integer[from(least, most)];
    Arrays.setAll(sizes, i -> from(1, 4));
    return sizes;
  }

  private ResidualConfig residual() {
    return ResidualConfig.of(from(0, 3), from(1, 3))
        .bias(random.nextBoolean())
        .skip(any(ResidualConfig.Skip.class));
  }

  private ConvEncoderConfig convEncoder() {
    return ConvEncoder.channels(from(1, 3))
        .hidden(2 * from(1, 3))
        .downsample(from(0, 3))
        .residual(residual())
        .initializer(any(Initializer.class));
  }

  private ConvDecoderConfig convDecoder() {
    return ConvDecoder.channels(from(1, 3))
        .hidden(2 * from(1, 3))
        .upsample(from(0, 3))
        .residual(residual())
        .doubling(any(Doubling.class))
        .initializer(any(Initializer.class));
  }

  private Encoder.Config encoder() {
    return switch (random.nextInt(5)) {
      case 0 -> convEncoder();
      case 1 -> convEncoder().vector(8, 16).features(from(1, 3));
      case 2 ->
          SeriesEncoder.channels(from(1, 3))
              .hidden(2 * from(1, 3))
              .downsample(from(0, 3))
              .residual(residual())
              .growth(from(1, 3));
      case 3 -> StridedEncoder.channels(from(1, 3)).widths(sizes(1, 3));
      default -> DenseEncoder.images(from(1, 4), from(1, 4), from(1, 3)).hidden(sizes(0, 3));
    };
  }

  private Decoder.Config decoder() {
    return switch (random.nextInt(5)) {
      case 0 -> convDecoder();
      case 1 -> convDecoder().vector(8, 16).features(from(1, 3));
      case 2 ->
          SeriesDecoder.channels(from(1, 3))
              .hidden(2 * from(1, 3))
              .upsample(from(0, 3))
              .residual(residual())
              .growth(from(1, 3));
      case 3 -> StridedDecoder.channels(from(1, 3)).widths(sizes(1, 3));
      default -> DenseDecoder.images(from(1, 4), from(1, 4), from(1, 3)).hidden(sizes(0, 3));
    };
  }

  private VectorQuantizerConfig quantizer() {
    boolean debiased = random.nextBoolean();
    EmaConfig ema = new EmaConfig(random.nextDouble(), 1e-5, debiased, !debiased);
    return new VectorQuantizerConfig(
        from(1, 5), from(1, 4), any(Update.class), 1, 0.25, ema, any(Start.class), 0);
  }

  private void assertSame(ImageModel saved, ImageModel loaded) {
    assertEquals(saved.settings(), loaded.settings(), "seed " + seed);
    var expected = saved.variables();
    var actual = loaded.variables();
    assertEquals(
        expected.keySet().stream().toList(), actual.keySet().stream().toList(), "seed " + seed);
    expected.forEach(
        (name, variable) -> {
          Variable other = actual.get(name);
          assertArrayEquals(variable.shape(), other.shape(), name + ", seed " + seed);
          assertArrayEquals(variable.toFloats(), other.toFloats(), name + ", seed " + seed);
        });
  }

  @Test
  void whateverTheSettings() throws IOException {
    Path file = folder.resolve("model.safetensors");
    for (int round = 0; round < 150; round++) {
      try (VqVae saved =
          VqVae.builder()
              .encoder(encoder())
              .quantizer(quantizer())
              .decoder(decoder())
              .seed(round)
              .build()) {
        saved.save(file);
        try (VqVae loaded = VqVae.load(file)) {
          assertSame(saved, loaded);
        }
      }
      Likelihood likelihood = new Likelihood(any(Likelihood.Kind.class), 0.5);
      try (Vae saved =
          Vae.builder()
              .encoder(encoder())
              .decoder(decoder())
              .latent(random.nextBoolean() ? new Integer[] {3} : new Integer[] {2, 4, 3})
              .likelihood(likelihood)
              .build()) {
        saved.save(file);
        try (Vae loaded = Vae.load(file)) {
          assertSame(saved, loaded);
        }
      }
      try (Autoencoder saved =
          Autoencoder.builder().encoder(encoder()).decoder(decoder()).dimension(3).build()) {
        saved.save(file);
        try (Autoencoder loaded = Autoencoder.load(file)) {
          assertSame(saved, loaded);
        }
      }
    }
  }
}
