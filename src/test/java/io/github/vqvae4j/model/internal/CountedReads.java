package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import java.util.concurrent.atomic.AtomicInteger;

/** One image of one channel that counts how often a part of it is read. */
record CountedReads(Images images, AtomicInteger reads) implements Dataset {
  @Override
  public int size() {
    return 1;
  }

  @Override
  public int height() {
    return images.height();
  }

  @Override
  public int width() {
    return images.width();
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    throw new AssertionError("read as a whole");
  }

  @Override
  public void rectangle(
      int index, long epoch, int row, int column, int h, int w, float[] target, int offset) {
    reads.incrementAndGet();
    images.rectangle(index, epoch, row, column, h, w, target, offset);
  }

  @Override
  public int label(int index) {
    return -1;
  }
}
