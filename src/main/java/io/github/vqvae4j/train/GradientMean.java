package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The mean of the gradients of several batches: that of one batch of all their images, where the
 * loss is a mean over images that do not influence each other.
 */
final class GradientMean implements Gradients {
  private static final class Sum {
    final float[][] slices;
    boolean any;

    Sum(int size) {
      slices = ParameterSlices.zeros(size);
    }
  }

  private final Map<Parameter, Sum> sums = new IdentityHashMap<>();
  private final float[] buffer = new float[ParameterSlices.LENGTH];
  private int batches;

  /** Forgets what was added. */
  void clear() {
    batches = 0;
    sums.values().forEach(sum -> sum.any = false);
  }

  /** Adds those of one batch; a parameter that has none counts as having zeros. */
  void add(List<Parameter> parameters, Gradients gradients) {
    batches++;
    for (Parameter parameter : parameters) {
      if (gradients.has(parameter)) {
        Sum sum = sums.computeIfAbsent(parameter, p -> new Sum(p.size()));
        for (int slice = 0; slice < sum.slices.length; slice++) {
          float[] total = sum.slices[slice];
          gradients.read(parameter, slice * ParameterSlices.LENGTH, buffer, total.length);
          if (sum.any) {
            accumulate(total, buffer);
          } else {
            System.arraycopy(buffer, 0, total, 0, total.length);
          }
        }
        sum.any = true;
      }
    }
  }

  private static void accumulate(float[] total, float[] more) {
    for (int i = 0; i < total.length; i++) {
      total[i] += more[i];
    }
  }

  @Override
  public boolean has(Parameter parameter) {
    Sum sum = sums.get(parameter);
    return sum != null && sum.any;
  }

  @Override
  public void read(Parameter parameter, int offset, float[] target, int length) {
    float[][] slices = sums.get(parameter).slices;
    for (int done = 0; done < length; ) {
      int place = offset + done;
      float[] slice = slices[place / ParameterSlices.LENGTH];
      int from = place % ParameterSlices.LENGTH;
      int count = Math.min(length - done, slice.length - from);
      System.arraycopy(slice, from, target, done, count);
      done += count;
    }
    float share = 1f / batches;
    for (int i = 0; i < length; i++) {
      target[i] *= share;
    }
  }
}
