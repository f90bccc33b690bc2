package io.github.vqvae4j.tensor.internal;

/**
 * The moments of the groups of a group normalization over the pixels of an image or of a part of
 * it.
 *
 * @param count the number of elements of each group
 * @param means the mean of each group
 * @param squares the sum of the squared differences from the mean, of each group
 */
public record GroupMoments(long count, double[] means, double[] squares) {
  /** The moments of no elements. */
  public static final GroupMoments NONE = new GroupMoments(0, new double[0], new double[0]);

  /**
   * Computes the moments of an image.
   *
   * @param pixels the image [.., channels]
   * @param channels the number of channels
   * @param groups the number of groups, which divides the channels
   * @return the moments
   */
  public static GroupMoments of(float[] pixels, int channels, int groups) {
    int size = channels / groups;
    long count = (long) pixels.length / groups;
    double[] means = new double[groups];
    for (int i = 0; i < pixels.length; i += size) {
      double sum = 0;
      for (int j = i; j < i + size; j++) {
        sum += pixels[j];
      }
      means[i / size % groups] += sum;
    }
    for (int g = 0; g < groups; g++) {
      means[g] /= count;
    }
    double[] squares = new double[groups];
    for (int i = 0; i < pixels.length; i += size) {
      int group = i / size % groups;
      double sum = 0;
      for (int j = i; j < i + size; j++) {
        double difference = pixels[j] - means[group];
        sum += difference * difference;
      }
      squares[group] += sum;
    }
    return new GroupMoments(count, means, squares);
  }

  /** Returns whether these are the moments of no elements. */
  public boolean isEmpty() {
    return count == 0;
  }

  /**
   * Returns the moments of two parts together (Chan, Golub and LeVeque 1983).
   *
   * @param other the moments of the other part, of as many groups
   * @return the moments
   */
  public GroupMoments merge(GroupMoments other) {
    if (isEmpty() || other.isEmpty()) {
      return isEmpty() ? other : this;
    }
    double share = (double) other.count / (count + other.count);
    double[] mergedMeans = means.clone();
    double[] mergedSquares = squares.clone();
    for (int g = 0; g < means.length; g++) {
      double difference = other.means[g] - means[g];
      mergedMeans[g] += share * difference;
      mergedSquares[g] += other.squares[g] + share * count * difference * difference;
    }
    return new GroupMoments(count + other.count, mergedMeans, mergedSquares);
  }

  /** Returns the biased variance of a group. */
  public double variance(int group) {
    return squares[group] / count;
  }
}
