package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.data.internal.Permutation;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A view of some images of another dataset. */
final class Subset implements Dataset {
  private final Dataset source;
  private final int[] indices;
  private final String name;

  private Subset(Dataset source, int[] indices, String name) {
    this.source = source;
    this.indices = indices;
    this.name = name;
  }

  /** Implements {@link Dataset#range}. */
  static Dataset range(Dataset source, int from, int to) {
    if (from < 0 || from > to || to > source.size()) {
      throw new IllegalArgumentException(
          "got the range from "
              + from
              + " to "
              + to
              + ", expected 0 <= from <= to <= "
              + source.size()
              + ", the number of images; correct the range");
    }
    int[] indices = IntStream.range(from, to).toArray();
    return new Subset(source, indices, "images " + from + " to " + to);
  }

  /** Implements {@link Dataset#select}. */
  static Dataset select(Dataset source, int... indices) {
    for (int index : indices) {
      Checks.index(index, source.size());
    }
    return new Subset(source, indices.clone(), Counts.of(indices.length, "image"));
  }

  /** Implements {@link Dataset#split}. */
  static List<Dataset> split(Dataset source, long seed, double... fractions) {
    int[] ends = ends(source.size(), fractions);
    int[] order = Permutation.random(source.size(), Rng.at(seed, RngStream.SPLIT));
    List<Dataset> parts = new ArrayList<>();
    int start = 0;
    for (int end : ends) {
      int[] indices = Arrays.copyOfRange(order, start, end);
      Arrays.sort(indices);
      String name =
          "part "
              + (parts.size() + 1)
              + " of "
              + ends.length
              + " ("
              + Counts.of(indices.length, "image")
              + ")";
      parts.add(new Subset(source, indices, name));
      start = end;
    }
    return List.copyOf(parts);
  }

  /**
   * Returns the end of each part; if the fractions do not add up to 1, the last part contains the
   * remaining images.
   */
  private static int[] ends(int size, double... fractions) {
    double sum = Arrays.stream(fractions).sum();
    boolean complete = Math.abs(sum - 1) < 1e-9;
    int[] ends = new int[fractions.length + (complete ? 0 : 1)];
    double covered = 0;
    boolean empty = fractions.length == 0;
    for (int i = 0; i < ends.length; i++) {
      boolean last = i == ends.length - 1;
      covered += last ? 0 : fractions[i];
      ends[i] = last ? size : (int) Math.round(covered * size);
      empty |= ends[i] <= (i == 0 ? 0 : ends[i - 1]);
    }
    if (!(sum < 1 || complete) || Arrays.stream(fractions).anyMatch(f -> !(f > 0)) || empty) {
      throw new IllegalArgumentException(
          "got the fractions "
              + Arrays.toString(fractions)
              + " for "
              + Counts.of(size, "image")
              + ", expected one or more above 0 with a sum of at most 1, and at least one image in"
              + " every part; correct the fractions, or use more images");
    }
    return ends;
  }

  @Override
  public int size() {
    return indices.length;
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
  public int label(int index) {
    Checks.index(index, indices.length);
    return source.label(indices[index]);
  }

  @Override
  public boolean unitRange() {
    return source.unitRange();
  }

  @Override
  public int skippedFiles() {
    return source.skippedFiles();
  }

  @Override
  public String toString() {
    return name + " of " + source;
  }
}
