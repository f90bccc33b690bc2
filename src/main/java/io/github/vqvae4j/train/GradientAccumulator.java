package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The mean gradient of several batches. It equals the gradient of one batch with all their images
 * if the loss is a mean over images that are processed independently.
 */
final class GradientAccumulator implements Gradients {
  private static final class Sum {
    final float[][] chunks;
    boolean hasGradient;

    Sum(int size) {
      chunks = ParameterChunks.zeros(size);
    }
  }

  private final Map<Parameter, Sum> sums = new IdentityHashMap<>();
  private final float[] buffer = new float[ParameterChunks.LENGTH];
  private int batches;

  /** Resets the sums to zero. */
  void clear() {
    batches = 0;
    sums.values().forEach(sum -> sum.hasGradient = false);
  }

  /** Adds the gradients of one batch. A missing gradient counts as zero. */
  void add(List<Parameter> parameters, Gradients gradients) {
    batches++;
    for (Parameter parameter : parameters) {
      if (gradients.has(parameter)) {
        Sum sum = sums.computeIfAbsent(parameter, p -> new Sum(p.size()));
        for (int chunk = 0; chunk < sum.chunks.length; chunk++) {
          float[] total = sum.chunks[chunk];
          gradients.read(parameter, chunk * ParameterChunks.LENGTH, buffer, total.length);
          if (sum.hasGradient) {
            addTo(total, buffer);
          } else {
            System.arraycopy(buffer, 0, total, 0, total.length);
          }
        }
        sum.hasGradient = true;
      }
    }
  }

  private static void addTo(float[] total, float[] values) {
    for (int i = 0; i < total.length; i++) {
      total[i] += values[i];
    }
  }

  @Override
  public boolean has(Parameter parameter) {
    Sum sum = sums.get(parameter);
    return sum != null && sum.hasGradient;
  }

  @Override
  public void read(Parameter parameter, int offset, float[] target, int length) {
    float[][] chunks = sums.get(parameter).chunks;
    for (int copied = 0; copied < length; ) {
      int index = offset + copied;
      float[] chunk = chunks[index / ParameterChunks.LENGTH];
      int start = index % ParameterChunks.LENGTH;
      int count = Math.min(length - copied, chunk.length - start);
      System.arraycopy(chunk, start, target, copied, count);
      copied += count;
    }
    float scale = 1f / batches;
    for (int i = 0; i < length; i++) {
      target[i] *= scale;
    }
  }
}
