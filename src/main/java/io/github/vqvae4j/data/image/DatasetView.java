package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.internal.View;

/** A view of another dataset; by default its images have the same size. */
abstract class DatasetView implements Dataset, View {
  final Dataset source;

  DatasetView(Dataset source) {
    this.source = source;
  }

  @Override
  public int height() {
    return source.height();
  }

  @Override
  public int width() {
    return source.width();
  }

  @Override
  public int channels() {
    return source.channels();
  }

  @Override
  public Source<?> viewed() {
    return source;
  }

  @Override
  public boolean isThreadSafe() {
    return source.isThreadSafe();
  }

  @Override
  public boolean unitRange() {
    return source.unitRange();
  }

  @Override
  public int skippedFiles() {
    return source.skippedFiles();
  }
}
