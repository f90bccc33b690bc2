package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.data.internal.View;
import java.util.List;

/** The images of a dataset as used in an epoch of training. */
record EpochImages(Dataset data, long epoch) implements Source<ImageBatch>, View {
  /** Stands for the images outside training. */
  static final long NONE = -1;

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public ImageBatch batch(int... indices) {
    return batch(data, epoch, indices);
  }

  /** Reads images as used in an epoch, or without augmentation if the epoch is {@link #NONE}. */
  static ImageBatch batch(Dataset data, long epoch, int... indices) {
    int length = data.imageLength();
    float[] images = Checks.floats(indices.length, data.height(), data.width(), data.channels());
    int[] labels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      int index = indices[i];
      if (epoch == NONE) {
        data.image(index, images, i * length);
      } else {
        data.image(index, epoch, images, i * length);
      }
      labels[i] = data.label(index);
      Checks.finite(
          images,
          i * length,
          data.height(),
          data.width(),
          data.channels(),
          "image " + index + " of the dataset");
    }
    return new ImageBatch(
        images,
        indices.length,
        data.height(),
        data.width(),
        data.channels(),
        labels,
        indices.clone());
  }

  @Override
  public Source<?> viewed() {
    return data;
  }

  @Override
  public boolean isThreadSafe() {
    return data.isThreadSafe();
  }

  @Override
  public List<Integer> exampleShape() {
    return data.exampleShape();
  }

  @Override
  public int skippedFiles() {
    return data.skippedFiles();
  }

  @Override
  public String toString() {
    return data + " in epoch " + epoch;
  }
}
