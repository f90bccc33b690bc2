package io.github.vqvae4j.data;

import io.github.vqvae4j.data.internal.Splits;
import io.github.vqvae4j.data.internal.View;
import io.github.vqvae4j.io.Counts;
import java.util.Arrays;
import java.util.List;

/** A view of some examples of another source. */
record SourceView<B>(Source<B> source, int... indices) implements Source<B>, View {
  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public B batch(int... selected) {
    Splits.select(indices.length, selected);
    return source.batch(Arrays.stream(selected).map(i -> indices[i]).toArray());
  }

  @Override
  public Source<B> atEpoch(long epoch) {
    return new SourceView<>(source.atEpoch(epoch), indices);
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
  public List<Integer> exampleShape() {
    return source.exampleShape();
  }

  @Override
  public int skippedFiles() {
    return source.skippedFiles();
  }

  @Override
  public String toString() {
    return Counts.of(indices.length, "example") + " of " + source;
  }
}
