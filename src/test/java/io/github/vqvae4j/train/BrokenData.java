package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;

/** Images that cannot be read any more from an epoch on. */
class BrokenData implements Dataset {
  private final Dataset whole;
  private final long brokenFrom;

  BrokenData(Dataset whole, long brokenFrom) {
    this.whole = whole;
    this.brokenFrom = brokenFrom;
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
  public void image(int index, long epoch, float[] target, int offset) {
    if (epoch >= brokenFrom) {
      throw new IllegalStateException("broken from epoch " + brokenFrom + " on");
    }
    image(index, target, offset);
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
}
