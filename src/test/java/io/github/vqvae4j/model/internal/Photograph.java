package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.random.Rng;

/** A grayscale image of waves and noise, of any size, that differs everywhere. */
final class Photograph {
  private Photograph() {}

  /**
   * Returns an image.
   *
   * @param noise the part of the contrast that is noise, from 0 to 1
   */
  static Images of(int height, int width, double noise) {
    Rng rng = new Rng(7);
    float[] pixels = new float[height * width];
    for (int i = 0; i < pixels.length; i++) {
      double wave = Math.sin(i / width * 0.13) * Math.cos(i % width * 0.09 + i / width * 0.02);
      pixels[i] = (float) (0.5 + (1 - noise) / 2 * wave + noise * (rng.nextDouble() - 0.5));
    }
    return Images.of(pixels, 1, height, width, 1);
  }
}
