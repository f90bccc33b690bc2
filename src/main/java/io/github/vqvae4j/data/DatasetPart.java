package io.github.vqvae4j.data;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Some images of another data set, as a view. */
final class DatasetPart implements Dataset {
  private final Dataset whole;
  private final int[] indices;
  private final String name;

  private DatasetPart(Dataset whole, int[] indices, String name) {
    this.whole = whole;
    this.indices = indices;
    this.name = name;
  }

  /** Neighbouring images, as {@link Dataset#range} says. */
  static Dataset range(Dataset whole, int from, int to) {
    if (from < 0 || from > to || to > whole.size()) {
      throw new IllegalArgumentException(
          "got the range from "
              + from
              + " to "
              + to
              + ", expected 0 <= from <= to <= "
              + whole.size()
              + ", the number of images; correct the range");
    }
    int[] indices = IntStream.range(from, to).toArray();
    return new DatasetPart(whole, indices, "images " + from + " to " + to);
  }

  /** Chosen images, as {@link Dataset#select} says. */
  static Dataset select(Dataset whole, int... indices) {
    for (int index : indices) {
      Checks.index(index, whole.size());
    }
    return new DatasetPart(whole, indices.clone(), Counts.of(indices.length, "image"));
  }

  /** Random parts, as {@link Dataset#split} says. */
  static List<Dataset> split(Dataset whole, long seed, double... fractions) {
    int[] ends = ends(whole.size(), fractions);
    int[] order = BatchOrder.permutation(whole.size(), Rng.at(seed, RngStream.SPLIT));
    List<Dataset> parts = new ArrayList<>();
    int begin = 0;
    for (int end : ends) {
      int[] indices = Arrays.copyOfRange(order, begin, end);
      Arrays.sort(indices);
      String name =
          "part "
              + (parts.size() + 1)
              + " of "
              + ends.length
              + " ("
              + Counts.of(indices.length, "image")
              + ")";
      parts.add(new DatasetPart(whole, indices, name));
      begin = end;
    }
    return List.copyOf(parts);
  }

  /** Where each part ends; a last part takes what the fractions leave. */
  private static int[] ends(int size, double... fractions) {
    double sum = Arrays.stream(fractions).sum();
    boolean whole = Math.abs(sum - 1) < 1e-9;
    int[] ends = new int[fractions.length + (whole ? 0 : 1)];
    double covered = 0;
    boolean empty = fractions.length == 0;
    for (int i = 0; i < ends.length; i++) {
      boolean last = i == ends.length - 1;
      covered += last ? 0 : fractions[i];
      ends[i] = last ? size : (int) Math.round(covered * size);
      empty |= ends[i] <= (i == 0 ? 0 : ends[i - 1]);
    }
    if (!(sum < 1 || whole) || Arrays.stream(fractions).anyMatch(f -> !(f > 0)) || empty) {
      throw new IllegalArgumentException(
          "got the fractions "
              + Arrays.toString(fractions)
              + " for "
              + Counts.of(size, "image")
              + ", expected one or more above 0, at most 1 in sum, that give every part one"
              + " image or more; correct the fractions, or give more images");
    }
    return ends;
  }

  @Override
  public int size() {
    return indices.length;
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
  public void image(int index, float[] target, int offset) {
    Checks.index(index, indices.length);
    whole.image(indices[index], target, offset);
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    Checks.index(index, indices.length);
    whole.image(indices[index], epoch, target, offset);
  }

  @Override
  public int label(int index) {
    Checks.index(index, indices.length);
    return whole.label(indices[index]);
  }

  @Override
  public boolean unitRange() {
    return whole.unitRange();
  }

  @Override
  public int skippedFiles() {
    return whole.skippedFiles();
  }

  @Override
  public String toString() {
    return name + " of " + whole;
  }
}
