package io.github.vqvae4j.model;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVaeBuilder;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.random.Rng;

/** Small images of bright rectangles on black, and small models for them. */
public final class Shapes {
  private Shapes() {}

  /** Returns square images of {@code size} pixels per side, each with one rectangle. */
  public static Dataset rectangles(int count, int size, int channels, long seed) {
    Rng rng = new Rng(seed);
    byte[] pixels = new byte[count * size * size * channels];
    for (int i = 0; i < count; i++) {
      int top = rng.nextInt(size - 2);
      int left = rng.nextInt(size - 2);
      int bottom = top + 2 + rng.nextInt(size - top - 1);
      int right = left + 2 + rng.nextInt(size - left - 1);
      for (int y = top; y < Math.min(bottom, size); y++) {
        for (int x = left; x < Math.min(right, size); x++) {
          for (int c = 0; c < channels; c++) {
            pixels[((i * size + y) * size + x) * channels + c] = (byte) (255 - 60 * c);
          }
        }
      }
    }
    return ByteImages.of(pixels, count, size, size, channels);
  }

  public static VqVae model(int channels, long seed) {
    return model(channels, seed, VectorQuantizer.ema(16, 4));
  }

  public static VqVae model(int channels, long seed, VectorQuantizerConfig quantizer) {
    return builder(channels, seed, quantizer).build();
  }

  public static VqVaeBuilder builder(int channels, long seed, Quantizer.Config quantizer) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(channels).hidden(16).downsample(1).residual(1, 8))
        .quantizer(quantizer)
        .decoder(ConvDecoder.channels(channels).hidden(16).upsample(1).residual(1, 8))
        .seed(seed);
  }
}
