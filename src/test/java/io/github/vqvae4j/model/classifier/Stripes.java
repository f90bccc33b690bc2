package io.github.vqvae4j.model.classifier;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.random.Rng;

/** Noisy images of 8x8 pixels with horizontal (label 0), vertical (1) or no stripes (2). */
final class Stripes {
  static final int CLASSES = 3;
  static final ImageClassifierConfig CONFIG =
      ImageClassifier.images(8, 8, 1).classes(CLASSES).widths(4, 6);

  private Stripes() {}

  static Images of(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] pixels = new float[count * 64];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = rng.nextInt(CLASSES);
      int phase = rng.nextInt(2);
      for (int p = 0; p < 64; p++) {
        int position = labels[i] == 0 ? p / 8 : p % 8;
        float stripe = labels[i] == 2 ? 0.5f : (position + phase) % 2;
        pixels[i * 64 + p] = 0.6f * stripe + 0.4f * (float) rng.nextDouble();
      }
    }
    return Images.of(pixels, count, 8, 8, 1).withLabels(labels);
  }
}
