package io.github.vqvae4j.prior;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.PassMemory;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Map;

/** Computes the log-probabilities of maps, several at once. */
final class LogProbs {
  /** The side of the maps from which the memory of large ones is estimated. */
  private static final int MEMORY_SIDE = 32;

  private final PixelCnn prior;

  LogProbs(PixelCnn prior) {
    this.prior = prior;
  }

  /**
   * Returns ln p of each map.
   *
   * @throws InsufficientMemoryException if a map needs more memory than is available; the message
   *     states the memory of a map
   */
  double[] of(String caller, Codes maps, PriorInputs inputs) {
    int[] shape = maps.shape();
    try {
      return MemoryGuard.run(
          caller + " of " + maps,
          ArrayLengths.size(shape, Integer.BYTES),
          () -> inChunks(maps, inputs));
    } catch (InsufficientMemoryException e) {
      throw memory(inputs, shape[1], shape[2]).explain(e);
    }
  }

  private double[] inChunks(Codes maps, PriorInputs inputs) {
    int[] shape = maps.shape();
    double[] all = new double[maps.count()];
    int[] next = {0};
    ImageChunks.forEach(
        maps.count(),
        (long) shape[1] * shape[2],
        (from, to) -> Map.entry(maps.range(from, to), inputs.range(from, to)),
        chunk -> ofChunk(chunk.getKey(), chunk.getValue()),
        chunk -> {
          System.arraycopy(chunk, 0, all, next[0], chunk.length);
          next[0] += chunk.length;
        });
    return all;
  }

  private double[] ofChunk(Codes maps, PriorInputs inputs) {
    double[] sums = new double[maps.count()];
    try (Step step = Step.inference()) {
      Tensor tensor = maps.in(step);
      int[] shape = maps.shape();
      double[] all =
          logs(prior.logits(tensor, inputs))
              .gather(-1, tensor.reshape(shape[0], shape[1], shape[2], 1))
              .toDoubles();
      int positions = all.length / sums.length;
      for (int i = 0; i < all.length; i++) {
        sums[i / positions] += all[i];
      }
    }
    for (double sum : sums) {
      if (!Double.isFinite(sum)) {
        throw new NonFiniteException(
            "PixelCnn.logProb",
            "a log-probability",
            sum,
            "the prior has diverged; retrain it with a smaller learning rate");
      }
    }
    return sums;
  }

  /**
   * Returns the log-probabilities of all codes, in double: those in float are off by some 1e-6,
   * most of them in the same direction, so that their errors would add up over the positions.
   */
  private static Tensor logs(Tensor logits) {
    return logits.to(DType.DOUBLE).logSoftmax(-1);
  }

  /** Returns the estimate of the memory of a map. */
  private PassMemory memory(PriorInputs inputs, int height, int width) {
    PriorInputs one = inputs.range(0, 1);
    int factor =
        one.map() == null ? 1 : one.factor("PixelCnn.logProb", prior.config(), height, width);
    return new PassMemory(
        "a forward pass of the prior on one map of " + height + " x " + width + " codes",
        height,
        width,
        MEMORY_SIDE,
        (step, h, w) -> {
          Codes other = one.map() == null ? null : zeros(one.map(), h / factor, w / factor);
          Tensor maps = step.tensor(new int[h * w], 1, h, w);
          logs(prior.logits(maps, new PriorInputs(one.labels(), other)));
        });
  }

  /** Returns a map of the same codebook and another size. */
  private static Codes zeros(Codes like, int height, int width) {
    return Codes.of(new int[height * width], like.codebookSize(), 1, height, width);
  }
}
