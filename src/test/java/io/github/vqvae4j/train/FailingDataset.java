package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Dataset;

/** A dataset whose images cannot be read from a given epoch on. */
final class FailingDataset extends ForwardingDataset {
  private final long failingEpoch;

  FailingDataset(Dataset data, long failingEpoch) {
    super(data);
    this.failingEpoch = failingEpoch;
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    if (epoch >= failingEpoch) {
      throw new IllegalStateException("broken from epoch " + failingEpoch + " on");
    }
    image(index, target, offset);
  }
}
