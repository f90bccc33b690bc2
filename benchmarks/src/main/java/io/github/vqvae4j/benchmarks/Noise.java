package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import java.util.Random;

/** Random images and codes, whose computation takes as long as that of photographs. */
public final class Noise {
  private static final int BLOCKS = 4;

  private Noise() {}

  /**
   * Returns color images of uniform noise, the same for each call.
   *
   * @param count the number of images
   * @param size the height and width in pixels
   * @return the images
   */
  public static Dataset images(int count, int size) {
    byte[] pixels = new byte[count * size * size * 3];
    new Random(1).nextBytes(pixels);
    return ByteImages.of(pixels, count, size, size, 3);
  }

  /**
   * Returns color images with structure to learn, 4 x 4 uniform blocks of random color, the same
   * for each call.
   *
   * @param count the number of images
   * @param size the height and width in pixels
   * @return the images
   */
  public static Dataset blocks(int count, int size) {
    byte[] pixels = new byte[count * size * size * 3];
    Random random = new Random(3);
    byte[] colors = new byte[count * 3 * BLOCKS * BLOCKS];
    random.nextBytes(colors);
    int blockSize = size / BLOCKS;
    for (int i = 0; i < pixels.length; i++) {
      int channel = i % 3;
      int x = i / 3 % size / blockSize;
      int y = i / 3 / size % size / blockSize;
      int image = i / 3 / size / size;
      pixels[i] = colors[((image * BLOCKS + y) * BLOCKS + x) * 3 + channel];
    }
    return ByteImages.of(pixels, count, size, size, 3);
  }

  /**
   * Returns random codes, the same for each call.
   *
   * @param count the number of codes
   * @param codebookSize the number of different codes, K
   * @return codes from 0 to K - 1
   */
  public static int[] codes(int count, int codebookSize) {
    return new Random(2).ints(count, 0, codebookSize).toArray();
  }
}
