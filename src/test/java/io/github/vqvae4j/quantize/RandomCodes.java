package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import java.util.List;
import java.util.stream.IntStream;

/** Generates random codes of various shapes. */
public final class RandomCodes {
  private static final int[][] SHAPES = {
    {1, 1}, {5, 1}, {1, 7}, {2, 3}, {3, 1, 5}, {4, 3, 2}, {2, 1, 3, 1, 2}, {1, 2, 1, 2, 1, 2, 1, 3}
  };

  private RandomCodes() {}

  /**
   * Returns codes with 1 to 3 groups, 1 to 4 stages and codebook sizes from 1 to 13. No, some or
   * all codes are missing; no, some or all images have labels; some maps have an image size.
   */
  public static Codes of(Rng rng) {
    int[] shape = SHAPES[rng.nextInt(SHAPES.length)];
    int groups = 1 + rng.nextInt(3);
    int stages = 1 + rng.nextInt(4);
    List<Integer> sizes =
        IntStream.range(0, groups * stages).mapToObj(i -> 1 + rng.nextInt(13)).toList();
    double missing = rng.nextInt(3) / 2.0;
    int[] values = new int[IntStream.of(shape).reduce(sizes.size(), (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      int size = sizes.get(i % sizes.size());
      values[i] = rng.nextDouble() < missing ? -1 : rng.nextInt(size);
    }
    Codes codes = Codes.of(values, new Codebooks(groups, stages, sizes), shape);
    double labeled = rng.nextInt(3) / 2.0;
    int[] labels = new int[shape[0]];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = rng.nextDouble() < labeled ? rng.nextInt(1_000) : -1;
    }
    boolean padded = shape.length == 3 && rng.nextDouble() < 0.5;
    Codes sized = padded ? codes.withImageSize(1 + rng.nextInt(9), 1 + rng.nextInt(9)) : codes;
    return sized.withLabels(labels);
  }
}
