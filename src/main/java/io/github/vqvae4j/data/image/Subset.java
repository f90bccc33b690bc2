package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.data.internal.Splits;
import io.github.vqvae4j.io.Counts;
import java.util.ArrayList;
import java.util.List;

/** A view of some images of another dataset. */
final class Subset extends DatasetView {
  private final int[] indices;
  private final String name;

  private Subset(Dataset source, int[] indices, String name) {
    super(source);
    this.indices = indices;
    this.name = name;
  }

  /** Implements {@link Dataset#range}. */
  static Dataset range(Dataset source, int from, int to) {
    int[] indices = Splits.range(source.size(), from, to);
    return new Subset(source, indices, "images " + from + " to " + to);
  }

  /** Implements {@link Dataset#select}. */
  static Dataset select(Dataset source, int... indices) {
    int[] selected = Splits.select(source.size(), indices);
    return new Subset(source, selected, Counts.of(indices.length, "image"));
  }

  /** Implements {@link Dataset#split}. */
  static List<Dataset> split(Dataset source, long seed, double... fractions) {
    List<int[]> all = Splits.split(source.size(), seed, fractions);
    List<Dataset> parts = new ArrayList<>();
    for (int[] indices : all) {
      String name =
          "part "
              + (parts.size() + 1)
              + " of "
              + all.size()
              + " ("
              + Counts.of(indices.length, "image")
              + ")";
      parts.add(new Subset(source, indices, name));
    }
    return List.copyOf(parts);
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, indices.length);
    source.image(indices[index], target, offset);
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    Checks.index(index, indices.length);
    source.image(indices[index], epoch, target, offset);
  }

  @Override
  public void rectangle(
      int index,
      long epoch,
      int row,
      int column,
      int height,
      int width,
      float[] target,
      int offset) {
    Checks.index(index, indices.length);
    source.rectangle(indices[index], epoch, row, column, height, width, target, offset);
  }

  @Override
  public int label(int index) {
    Checks.index(index, indices.length);
    return source.label(indices[index]);
  }

  @Override
  public String toString() {
    return name + " of " + source;
  }
}
