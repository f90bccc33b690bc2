package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.GroupMoments;
import io.github.vqvae4j.tensor.internal.GroupStatistics;

/**
 * Group normalization of an image, or of a tile of an image with the statistics of the whole image.
 */
final class TiledGroupNorm {
  /** The number of elements that are copied at once. */
  private static final long BLOCK = 1 << 18;

  private TiledGroupNorm() {}

  /**
   * Normalizes with the statistics of the pass on this thread, or with those of the image.
   *
   * @param inputs the image, and weight and bias or neither
   */
  static Tensor apply(int groups, double epsilon, Tensor... inputs) {
    Tensor x = inputs[0];
    GroupStatistics statistics = GroupStatistics.current();
    if (statistics != null) {
      boolean isCollecting = statistics.isCollecting();
      GroupMoments known = statistics.next();
      if (known.means().length == groups) {
        return normalized(known, epsilon, inputs);
      }
      if (isCollecting) {
        // The code of a custom operation may not throw.
        statistics.add(moments(x, groups, statistics.tile()), !x.step().keepsIntermediates());
      }
    }
    return x.step().apply(new Normalizations.Group(groups, epsilon), inputs);
  }

  /** Returns the moments over the core of a tile; none if x is not a map of its cells. */
  private static GroupMoments moments(Tensor x, int groups, GroupStatistics.Tile tile) {
    if (x.rank() != 4
        || x.size(0) != 1
        || x.size(1) % tile.rows() != 0
        || x.size(2) % tile.columns() != 0
        || x.dtype() != DType.FLOAT
        || groups < 1
        || x.size(3) % groups != 0) {
      return GroupMoments.NONE;
    }
    long rows = x.size(1) / tile.rows();
    long columns = x.size(2) / tile.columns();
    long end = tile.bottom() * rows;
    long height = Math.max(1, BLOCK / (x.size(2) * x.size(3)));
    GroupMoments moments = GroupMoments.NONE;
    for (long y = tile.top() * rows; y < end; y += height) {
      Tensor lines = x.slice(1, y, Math.min(end, y + height));
      Tensor core = lines.slice(2, tile.left() * columns, tile.right() * columns);
      float[] block = core.release(lines).toFloats();
      moments = moments.merge(GroupMoments.of(block, Math.toIntExact(x.size(3)), groups));
      x.release(core);
    }
    return moments;
  }

  /** Returns (x - mean) scale weight + bias. */
  private static Tensor normalized(GroupMoments moments, double epsilon, Tensor... inputs) {
    Tensor x = inputs[0];
    int channels = Math.toIntExact(x.size(-1));
    float[] means = new float[channels];
    float[] scales = new float[channels];
    for (int c = 0; c < channels; c++) {
      int group = (int) ((long) c * moments.means().length / channels);
      means[c] = (float) moments.means()[group];
      scales[c] = (float) (1 / Math.sqrt(moments.variance(group) + epsilon));
    }
    Tensor centered = x.sub(x.step().tensor(means, channels));
    Tensor normalized = centered.mul(x.step().tensor(scales, channels)).release(centered);
    if (inputs.length == 1) {
      return normalized;
    }
    Tensor weighted = normalized.mul(inputs[1]).release(normalized);
    return weighted.add(inputs[2]).release(weighted);
  }
}
