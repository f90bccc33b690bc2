package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.CapturedLog;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The example in the Javadoc of {@link Quantizer}, whose statistics are sums. */
class CustomQuantizerTest {
  private static class Rounding extends Quantizer {
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
      return new Quantized(latents.straightThrough(vectors), codes, List.of(), List.of(used));
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
              return new Quantized(
                  latents, flat ? codes.to(DType.INT) : codes, List.of(), List.of(usage));
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

  /** Its perplexity and codes in use would be wrong in all reports. */
  @Test
  void usageOfAnotherCodebookSizeIsRejected() {
    Quantizer wrong =
        new Rounding() {
          @Override
          protected Quantized computeQuantized(Tensor latents) {
            Quantized right = super.computeQuantized(latents);
            return new Quantized(
                right.quantized(), right.codes(), right.terms(), List.of(CodeUsage.empty(16)));
          }
        };
    try (wrong;
        Step step = Step.inference()) {
      Tensor latents = step.tensor(latents(), EXAMPLES, PER_EXAMPLE, 1);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> wrong.quantize(latents)),
          "expected the usage of codebooks of [9] codes, got [16]. Return codebooks().usage(codes).");
    }
  }

  /** A quantizer whose result is changed. */
  private static Quantizer changed(UnaryOperator<Quantized> change) {
    return new Rounding() {
      @Override
      protected Quantized computeQuantized(Tensor latents) {
        return change.apply(super.computeQuantized(latents));
      }
    };
  }

  /** Quantizes in a training step in which the latents have a gradient. */
  private static void train(Quantizer quantizer) {
    try (quantizer;
        Step step = Step.training(new RngKey(1, 1, 0))) {
      Tensor latents = step.tensor(latents(), EXAMPLES, PER_EXAMPLE, 1).requireGradient();
      quantizer.quantize(latents);
    }
  }

  @Test
  void incompleteResultsAndVectorsOfAnotherShapeAreRejected() {
    List<UnaryOperator<Quantized>> incomplete =
        List.of(
            q -> null,
            q -> new Quantized(null, q.codes(), q.terms(), q.usage()),
            q -> new Quantized(q.quantized(), null, q.terms(), q.usage()),
            q -> new Quantized(q.quantized(), q.codes(), null, q.usage()),
            q -> new Quantized(q.quantized(), q.codes(), q.terms(), null));
    for (UnaryOperator<Quantized> change : incomplete) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> train(changed(change))),
          "CustomQuantizerTest$3.computeQuantized: expected quantized latents, codes, loss terms and usage, got null",
          "codes, List.of(), codebooks().usage(codes)).");
    }
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () ->
                train(
                    changed(
                        q ->
                            new Quantized(
                                q.quantized().reshape(EXAMPLES, PER_EXAMPLE),
                                q.codes(),
                                q.terms(),
                                q.usage())))),
        "CustomQuantizerTest$3.computeQuantized: expected quantized latents of the shape of the latents, [11, 4, 1],"
            + " got [11, 4].");
  }

  /** Without straightThrough, the encoder does not learn, also if a codebook does. */
  @Test
  void aWarningIsLoggedIfTheEncoderGetsNoGradient() {
    Quantizer learned =
        new Rounding() {
          private final Parameter shift = parameter("shift", new float[1], 1);

          @Override
          protected Quantized computeQuantized(Tensor latents) {
            Quantized right = super.computeQuantized(latents);
            Tensor vectors = right.quantized().stopGradient().add(shift.in(latents.step()));
            return new Quantized(vectors, right.codes(), right.terms(), right.usage());
          }
        };
    Quantizer constant =
        changed(q -> new Quantized(q.quantized().stopGradient(), q.codes(), q.terms(), q.usage()));
    for (Quantizer wrong : List.of(learned, constant)) {
      assertEquals(1, warnings(wrong, true).size());
    }
    assertEquals(List.of(), warnings(new Rounding(), true));
    assertEquals(
        List.of(),
        warnings(
            VectorQuantizer.gradient(4, 1).init(Initialization.NORMAL).build(new Rng(1)), true));
    assertEquals(
        List.of(),
        warnings(
            changed(
                q -> new Quantized(q.quantized().stopGradient(), q.codes(), q.terms(), q.usage())),
            false),
        "a frozen encoder");
  }

  private static List<String> warnings(Quantizer quantizer, boolean tracked) {
    try (quantizer;
        CapturedLog log = new CapturedLog(Quantizer.class)) {
      for (int n = 1; n <= 2; n++) {
        try (Step step = Step.training(new RngKey(1, n, 0))) {
          Tensor latents = step.tensor(latents(), EXAMPLES, PER_EXAMPLE, 1);
          quantizer.quantize(tracked ? latents.requireGradient() : latents);
        }
      }
      return log.warnings();
    }
  }

  private static Quantizer withTerm(UnaryOperator<Tensor> value, double weight) {
    return changed(
        q ->
            new Quantized(
                q.quantized(),
                q.codes(),
                List.of(new LossTerm("entropy", value.apply(q.quantized().abs().mean()), weight)),
                q.usage()));
  }

  @Test
  void termsWithoutGradientAreRejected() {
    List<UnaryOperator<Tensor>> constants =
        List.of(
            Tensor::stopGradient, t -> t.step().tensor(new float[] {1}, 1), t -> t.add(9).round());
    for (UnaryOperator<Tensor> constant : constants) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> train(withTerm(constant, 0.1))),
          "CustomQuantizerTest$3.computeQuantized: expected loss terms with a gradient, got \"entropy\"",
          "round, comparisons and argmax have no gradient",
          "weight 0");
      train(withTerm(constant, 0));
    }
    train(withTerm(t -> t, 0.1));
    train(withTerm(t -> t.stopGradient().mul(0), 0.1));
    try (Quantizer evaluated = withTerm(t -> t, 0.1);
        Step step = Step.inference()) {
      evaluated.quantize(step.tensor(latents(), EXAMPLES, PER_EXAMPLE, 1));
    }
  }

  /** The codebook term is a constant to steps that do not train the codebook. */
  @Test
  void termsOfFrozenCodebooksAndOfOtherObjectivesAreNotRejected() {
    VectorQuantizer frozen =
        VectorQuantizer.gradient(4, 1).init(Initialization.NORMAL).build(new Rng(1));
    frozen.freeze();
    train(frozen);
    train(VectorQuantizer.gradient(4, 1).init(Initialization.NORMAL).build(new Rng(1)));
    train(VectorQuantizer.ema(4, 1).init(Initialization.NORMAL).build(new Rng(1)));
    try (Quantizer other =
            VectorQuantizer.gradient(4, 1).init(Initialization.NORMAL).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 1, 0))) {
      step.updateOnly(List.of());
      other.quantize(step.tensor(latents(), EXAMPLES, PER_EXAMPLE, 1).requireGradient());
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
