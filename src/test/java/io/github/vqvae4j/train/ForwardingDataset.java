package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Dataset;

/** A dataset that forwards to another one. Subclasses override single methods. */
public abstract class ForwardingDataset implements Dataset {
  private final Dataset delegate;

  protected ForwardingDataset(Dataset delegate) {
    this.delegate = delegate;
  }

  @Override
  public int size() {
    return delegate.size();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    delegate.image(index, target, offset);
  }

  @Override
  public int label(int index) {
    return delegate.label(index);
  }

  @Override
  public int height() {
    return delegate.height();
  }

  @Override
  public int width() {
    return delegate.width();
  }

  @Override
  public int channels() {
    return delegate.channels();
  }

  @Override
  public boolean unitRange() {
    return delegate.unitRange();
  }
}
