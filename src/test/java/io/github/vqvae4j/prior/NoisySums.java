package io.github.vqvae4j.prior;

import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;

/**
 * Maps of a known distribution: with probability 0.85, a code is the sum of the codes on the left
 * and above, of the label and of the code of the other map at half the position, modulo 4;
 * otherwise each other code is equally probable.
 */
record NoisySums(int height, int width, int classes, boolean conditioned) {
  static final int K = 4;
  private static final double PROBABLE = 0.85;

  /** The entropy of a code in nats. */
  static final double ENTROPY =
      -PROBABLE * Math.log(PROBABLE) - (1 - PROBABLE) * Math.log((1 - PROBABLE) / (K - 1));

  CodePairs draw(int count, long seed) {
    Rng rng = new Rng(seed);
    int[] labels = new int[count];
    int[] other = new int[count * (height / 2) * (width / 2)];
    int[] values = new int[count * height * width];
    for (int i = 0; i < other.length; i++) {
      other[i] = rng.nextInt(K);
    }
    for (int n = 0; n < count; n++) {
      labels[n] = classes == 0 ? -1 : rng.nextInt(classes);
      for (int p = 0; p < height * width; p++) {
        int likely = likely(values, other, labels[n], n, p);
        boolean noise = rng.nextDouble() >= PROBABLE;
        values[n * height * width + p] = noise ? (likely + 1 + rng.nextInt(K - 1)) % K : likely;
      }
    }
    return new CodePairs(
        Codes.of(values, K, count, height, width).withLabels(labels),
        Codes.of(other, K, count, height / 2, width / 2));
  }

  private int likely(int[] values, int[] other, int label, int map, int position) {
    int row = position / width;
    int column = position % width;
    int at = map * height * width + position;
    int sum = Math.max(0, label);
    sum += column > 0 ? values[at - 1] : 0;
    sum += row > 0 ? values[at - width] : 0;
    int half = (map * (height / 2) + row / 2) * (width / 2) + column / 2;
    return (sum + (conditioned ? other[half] : 0)) % K;
  }

  /** Returns the mean of the true log-probabilities of maps. */
  double meanLogProb(CodePairs pairs) {
    int[] values = pairs.codes().values();
    int[] other = pairs.condition().values();
    int[] labels = pairs.codes().labels().orElse(new int[pairs.size()]);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      int map = i / (height * width);
      boolean likely = values[i] == likely(values, other, labels[map], map, i % (height * width));
      sum += Math.log(likely ? PROBABLE : (1 - PROBABLE) / (K - 1));
    }
    return sum / pairs.size();
  }
}
