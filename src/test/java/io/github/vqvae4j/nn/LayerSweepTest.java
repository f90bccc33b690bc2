package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.tensor.sweep.Subject;
import io.github.vqvae4j.tensor.sweep.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs {@link Sweep} for every layer on both kernel sets with one and two threads: with the small
 * sizes of {@link Conformance} and with sizes of real models, on batches of two sizes.
 */
class LayerSweepTest {
  private static final long SEED = 20;

  /** The tolerance between a chain of many operations in float and in double. */
  private static final double CHAIN = 1e-4;

  /** Sizes at which weights are packed and fast convolution algorithms are used. */
  private static final List<Conformance> LARGER =
      List.of(
          of("Conv2d", rng -> new Conv2d(convolution(16, 24), rng), 2, 9, 8, 16),
          of("Conv2d, winograd", rng -> new Conv2d(convolution(64, 64), rng), 8, 8, 8, 64),
          of("ConvTranspose2d", rng -> new ConvTranspose2d(convolution(16, 16), rng), 2, 9, 8, 16),
          of("ConvTranspose2d, sub-pixels", rng -> doubling(32, 3, rng), 2, 6, 5, 32),
          of("ConvTranspose2d, winograd", rng -> doubling(64, 64, rng), 8, 8, 8, 64),
          of("Conv1d", rng -> new Conv1d(convolution(16, 16), rng), 2, 40, 16),
          of("Conv1d, 17 to 40", rng -> new Conv1d(convolution(17, 40), rng), 3, 31, 17),
          of("ConvTranspose1d", rng -> new ConvTranspose1d(convolution(16, 16), rng), 2, 40, 16),
          of(
              "ConvTranspose1d, doubling",
              rng -> new ConvTranspose1d(ConvConfig.of(48, 48, 4).stride(2).padding(1), rng),
              2,
              13,
              48),
          of(
              "Conv1d, causal, dilated",
              rng -> new Conv1d(ConvConfig.of(16, 24, 3).dilation(9).causal(), rng),
              2,
              37,
              16),
          of(
              "Conv1d, causal, weight norm",
              rng -> new Conv1d(ConvConfig.of(32, 32, 7).causal().weightNorm(true), rng),
              2,
              40,
              32),
          of(
              "ConvTranspose1d, causal, weight norm",
              rng ->
                  new ConvTranspose1d(
                      ConvConfig.of(32, 16, 8).stride(4).causal().weightNorm(true), rng),
              2,
              13,
              32),
          of(
              "Conv2d, mask A, winograd",
              rng -> new Conv2d(ConvConfig.of(64, 64, 3).padding(2, 0, 1, 1).mask(ConvMask.A), rng),
              8,
              8,
              8,
              64),
          of(
              "Conv2d, mask B, weight norm",
              rng ->
                  new Conv2d(
                      ConvConfig.of(16, 16, 5).same().mask(ConvMask.B).weightNorm(true), rng),
              2,
              7,
              9,
              16),
          of(
              "ConvTranspose2d, cropped per side, sub-pixels",
              rng ->
                  new ConvTranspose2d(ConvConfig.of(32, 3, 4).stride(2).padding(2, 0, 1, 2), rng),
              2,
              6,
              5,
              32),
          of("Linear", rng -> new Linear(48, 130, rng), 17, 48),
          of("ResidualStack", rng -> stack(32, rng), 2, 6, 7, 32),
          of("MultiHeadAttention", rng -> new MultiHeadAttention(32, 4, false, rng), 2, 17, 32),
          of("GroupNorm", rng -> new GroupNorm(4, 24), 2, 5, 6, 24),
          of("LayerNorm", rng -> new LayerNorm(130), 17, 130));

  private static Conformance of(String name, Function<Rng, Layer> make, long... shape) {
    return new Conformance("larger " + name, make, shape);
  }

  private static ConvConfig convolution(int in, int out) {
    return ConvConfig.of(in, out, 3).padding(1);
  }

  private static Layer doubling(int in, int out, Rng rng) {
    return new ConvTranspose2d(ConvConfig.of(in, out, 4).stride(2).padding(1), rng);
  }

  private static Layer stack(int channels, Rng rng) {
    return new ResidualStack(
        Conv2d::new, channels, ResidualConfig.of(16, 2), Initializer.TORCH, rng);
  }

  @TestFactory
  Stream<DynamicTest> floatMatchesDouble() {
    return Sweep.tests(
        Stream.of(ConformanceTest.layers(), LARGER).flatMap(List::stream),
        CHAIN,
        one -> rng -> 0.2 * rng.nextGaussian(),
        LayerSweepTest::subject);
  }

  /** Varies the layer's parameters and two inputs; buffers keep their initial values. */
  private static Subject subject(Conformance one) {
    Layer layer = one.make().apply(new Rng(SEED));
    List<Variable> variables = new ArrayList<>(layer.variables().values());
    Variable input = Subject.variable(one.inputShape());
    long[] larger = one.inputShape().clone();
    larger[0]++;
    Variable other = Subject.variable(larger);
    variables.add(input);
    variables.add(other);
    List<Function<Step, Tensor>> uses =
        List.of(step -> layer.forward(input.in(step)), step -> layer.forward(other.in(step)));
    return new Subject(variables, uses);
  }
}
