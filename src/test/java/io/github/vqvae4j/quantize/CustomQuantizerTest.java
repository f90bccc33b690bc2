package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example in the Javadoc of {@link Quantizer}, whose statistics are sums. */
class CustomQuantizerTest {
  private static final class Rounding extends Quantizer {
    private final Buffer usage = buffer("usage", new float[9], 9);

    @Override
    public int codebookSize() {
      return 9;
    }

    @Override
    public int dimension() {
      return 1;
    }

    @Override
    protected Quantized computeQuantized(Tensor latents) {
      long[] shape = Arrays.copyOf(latents.shape(), latents.rank() - 1);
      Tensor rounded = latents.stopGradient().mul(4).round().clamp(-4, 4);
      Tensor codes = rounded.add(4).to(DType.INT).reshape(shape);
      CodeUsage used = CodeUsage.of(codes.toInts(), 9);
      if (isTraining(latents.step())) {
        double[] counts = Arrays.stream(used.counts()).asDoubleStream().toArray();
        latents.step().onCommit(counts, usage::set, usage);
      }
      Tensor vectors = rounded.div(4);
      return new Quantized(latents.straightThrough(vectors), codes, List.of(), used);
    }

    @Override
    protected Tensor computeVectors(Tensor codes) {
      long[] shape = Arrays.copyOf(codes.shape(), codes.rank() + 1);
      shape[codes.rank()] = 1;
      return codes.to(DType.FLOAT).sub(4).div(4).reshape(shape);
    }
  }

  private static final int EXAMPLES = 11;
  private static final int PER_EXAMPLE = 4;

  private static float[] latents() {
    float[] latents = new float[EXAMPLES * PER_EXAMPLE];
    Rng rng = new Rng(3);
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) rng.nextGaussian();
    }
    return latents;
  }

  private static float[] expected() {
    float[] counts = new float[9];
    for (float latent : latents()) {
      counts[(int) Math.max(0, Math.min(8, Math.rint(4 * latent) + 4))]++;
    }
    return counts;
  }

  @Test
  void sumsOfWorkersAreThoseOfTheWholeBatch() {
    int[] ends = {0, 5, 9, EXAMPLES};
    try (Rounding quantizer = new Rounding();
        Workers workers = new Workers(3)) {
      StateUpdates[] updates = new StateUpdates[3];
      workers.run(
          worker -> {
            int first = ends[worker.rank()];
            int end = ends[worker.rank() + 1];
            float[] part = Arrays.copyOfRange(latents(), first * PER_EXAMPLE, end * PER_EXAMPLE);
            try (Step step = Step.training(new RngKey(1, 0, first), worker)) {
              quantizer.quantize(step.tensor(part, end - first, PER_EXAMPLE, 1));
              updates[worker.rank()] = step.drainCommits();
            }
          });
      updates[0].merge(updates[1]).merge(updates[2]).run();
      assertArrayEquals(expected(), quantizer.variables().get("usage").toFloats());
    }
  }

  /** Such codes would pass training and fail only when images are encoded. */
  @Test
  void codesOfAnotherShapeOrTypeAreRejected() {
    for (boolean flat : new boolean[] {true, false}) {
      Quantizer wrong =
          new Quantizer() {
            @Override
            public int codebookSize() {
              return 9;
            }

            @Override
            public int dimension() {
              return 1;
            }

            @Override
            protected Quantized computeQuantized(Tensor latents) {
              Tensor codes = latents.mul(0).reshape(flat ? new long[] {44} : new long[] {11, 4});
              CodeUsage usage = CodeUsage.of(codes.to(DType.INT).toInts(), 9);
              return new Quantized(latents, flat ? codes.to(DType.INT) : codes, List.of(), usage);
            }

            @Override
            protected Tensor computeVectors(Tensor codes) {
              return codes;
            }
          };
      try (wrong;
          Step step = Step.inference()) {
        Tensor latents = step.tensor(latents(), EXAMPLES, PER_EXAMPLE, 1);
        assertMessageContains(
            assertThrows(IllegalStateException.class, () -> wrong.quantize(latents)),
            "expected codes INT [11, 4]",
            flat ? "got INT [44]" : "got FLOAT [11, 4]");
      }
    }
  }

  @Test
  void codesAreLookedUpAsTheyWereQuantized() {
    try (Rounding quantizer = new Rounding();
        Step step = Step.inference()) {
      Quantized quantized = quantizer.quantize(step.tensor(latents(), EXAMPLES, PER_EXAMPLE, 1));
      Tensor vectors = quantizer.lookup(quantized.codes());
      assertArrayEquals(quantized.quantized().toFloats(), vectors.toFloats(), 1e-9f); // -0 is 0
      assertArrayEquals(quantized.quantized().shape(), vectors.shape());
    }
  }
}
