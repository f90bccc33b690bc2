package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;

/** Images that cannot be read any more from an epoch on. */
final class BrokenData extends ForwardingDataset {
  private final long brokenFrom;

  BrokenData(Dataset whole, long brokenFrom) {
    super(whole);
    this.brokenFrom = brokenFrom;
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    if (epoch >= brokenFrom) {
      throw new IllegalStateException("broken from epoch " + brokenFrom + " on");
    }
    image(index, target, offset);
  }
}
