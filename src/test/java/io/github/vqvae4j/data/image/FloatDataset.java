package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;

/** Images in a float array, for tests: image i is {@code pixels} from {@code i * imageLength()}. */
public record FloatDataset(float[] pixels, int size, int height, int width, int channels)
    implements Dataset {

  /** Images of one pixel whose value is the index. */
  public static FloatDataset counting(int size) {
    float[] pixels = new float[size];
    for (int i = 0; i < size; i++) {
      pixels[i] = i;
    }
    return new FloatDataset(pixels, size, 1, 1, 1);
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size);
    System.arraycopy(pixels, index * imageLength(), target, offset, imageLength());
  }

  @Override
  public int label(int index) {
    Checks.index(index, size);
    return index % 10;
  }
}
