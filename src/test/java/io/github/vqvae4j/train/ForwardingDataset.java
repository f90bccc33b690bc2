package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;

/** A data set that forwards to another one. Subclasses override single methods. */
abstract class ForwardingDataset implements Dataset {
  private final Dataset whole;

  ForwardingDataset(Dataset whole) {
    this.whole = whole;
  }

  @Override
  public int size() {
    return whole.size();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    whole.image(index, target, offset);
  }

  @Override
  public int label(int index) {
    return whole.label(index);
  }

  @Override
  public int height() {
    return whole.height();
  }

  @Override
  public int width() {
    return whole.width();
  }

  @Override
  public int channels() {
    return whole.channels();
  }

  @Override
  public boolean unitRange() {
    return whole.unitRange();
  }
}
