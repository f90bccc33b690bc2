package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.ByteImages;
import io.github.vqvae4j.data.Dataset;
import java.util.Random;

/** Images and codes to compute with: noise takes as long as photographs. */
public final class Noise {
  private static final int BLOCKS = 4;

  private Noise() {}

  /**
   * Colour images.
   *
   * @param count how many
   * @param size height and width
   * @return the same ones each time
   */
  public static Dataset images(int count, int size) {
    byte[] pixels = new byte[count * size * size * 3];
    new Random(1).nextBytes(pixels);
    return ByteImages.of(pixels, count, size, size, 3);
  }

  /**
   * Colour images with something to learn: blocks of one colour.
   *
   * @param count how many
   * @param size height and width
   * @return the same ones each time
   */
  public static Dataset blocks(int count, int size) {
    byte[] pixels = new byte[count * size * size * 3];
    Random random = new Random(3);
    byte[] colors = new byte[count * 3 * BLOCKS * BLOCKS];
    random.nextBytes(colors);
    int side = size / BLOCKS;
    for (int i = 0; i < pixels.length; i++) {
      int channel = i % 3;
      int x = i / 3 % size / side;
      int y = i / 3 / size % size / side;
      int image = i / 3 / size / size;
      pixels[i] = colors[((image * BLOCKS + y) * BLOCKS + x) * 3 + channel];
    }
    return ByteImages.of(pixels, count, size, size, 3);
  }

  /**
   * Codes.
   *
   * @param count how many
   * @param codebookSize K
   * @return numbers from 0 to K - 1, the same ones each time
   */
  public static int[] codes(int count, int codebookSize) {
    return new Random(2).ints(count, 0, codebookSize).toArray();
  }
}
