package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.nn.Conv1d;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvMask;
import io.github.vqvae4j.nn.ConvTranspose1d;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.KernelLog;
import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Weights are reordered into the layout of a kernel once per write and direction, whether they are
 * a variable, a view of a variable, or computed from one.
 */
class WeightPackingTest {
  private static final long SEED = 3;
  private static final ConvConfig SAME = ConvConfig.of(16, 16, 3).padding(1);

  /** A layer and the shape of its input. */
  private record Case(String name, Function<Rng, Layer> make, long... input) {}

  private static final List<Case> CASES =
      List.of(
          new Case("Conv2d", rng -> new Conv2d(SAME, rng), 2, 8, 8, 16),
          new Case("ConvTranspose2d", rng -> new ConvTranspose2d(SAME, rng), 2, 8, 8, 16),
          new Case("Conv1d", rng -> new Conv1d(SAME, rng), 2, 30, 16),
          new Case("ConvTranspose1d", rng -> new ConvTranspose1d(SAME, rng), 2, 30, 16),
          new Case(
              "Conv2d by Winograd convolution",
              rng -> new Conv2d(ConvConfig.of(64, 64, 3).padding(1), rng),
              8,
              8,
              8,
              64),
          new Case(
              "two ConvTranspose2d of one shape by sub-pixels",
              rng ->
                  Sequential.of(
                      List.of(
                          new ConvTranspose2d(ConvConfig.of(3, 3, 2).stride(2), rng),
                          new ConvTranspose2d(ConvConfig.of(3, 3, 2).stride(2), rng))),
              2,
              3,
              3,
              3),
          new Case("Conv2d normalized", rng -> new Conv2d(SAME.weightNorm(true), rng), 2, 8, 8, 16),
          new Case("Conv2d masked", rng -> new Conv2d(SAME.mask(ConvMask.B), rng), 2, 8, 8, 16),
          new Case(
              "ConvTranspose1d normalized",
              rng -> new ConvTranspose1d(SAME.weightNorm(true), rng),
              2,
              30,
              16),
          new Case(
              "StridedEncoder",
              rng -> StridedEncoder.channels(16).widths(16).build(16, rng),
              2,
              8,
              8,
              16),
          new Case(
              "StridedDecoder",
              rng -> StridedDecoder.channels(16).widths(16).build(16, rng),
              2,
              8,
              8,
              16));

  @TestFactory
  Stream<DynamicTest> weightsArePackedOncePerWriteAndDirection() {
    return CASES.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)));
  }

  /** In a training step, including weights that are computed from variables in that step. */
  @Test
  void packedWeightsAreSharedWithinAStep() {
    for (ConvConfig config :
        List.of(
            SAME, SAME.weightNorm(true), SAME.mask(ConvMask.A), SAME.weightNorm(true).stride(2))) {
      long[] input = {2, 8, 8, 16};
      Case once = new Case("once", rng -> new Conv2d(config, rng), input);
      Case twice = new Case("twice", rng -> new Twice(new Conv2d(config, rng)), input);
      assertTrue(packedInTraining(once) >= 2, "forwards and backwards");
      assertEquals(packedInTraining(once), packedInTraining(twice), config.toString());
    }
  }

  private static int packedInTraining(Case one) {
    try (Layer layer = one.make().apply(new Rng(SEED));
        KernelLog log = new KernelLog(Level.TRACE)) {
      train(layer, one);
      return packed(log).size();
    }
  }

  private static void check(Case one) {
    try (Layer layer = one.make().apply(new Rng(SEED));
        KernelLog log = new KernelLog(Level.TRACE)) {
      train(layer, one);
      List<String> first = packed(log);
      assertFalse(first.isEmpty(), "no weights were packed");
      assertEquals(first.stream().distinct().toList(), first, "each once in a training step");

      infer(layer, one);
      int afterOne = packed(log).size();
      for (int i = 0; i < 3; i++) {
        infer(layer, one);
      }
      assertEquals(afterOne, packed(log).size(), "not again without a write");

      write(layer);
      int before = packed(log).size();
      infer(layer, one);
      int forward = packed(log).size() - before;
      assertFalse(forward == 0, "again after a write");
      infer(layer, one);
      assertEquals(before + forward, packed(log).size(), "but once");

      write(layer);
      int beforeTraining = packed(log).size();
      train(layer, one);
      assertEquals(first.size(), packed(log).size() - beforeTraining, "as often as the first time");
    }
  }

  /**
   * Applies one layer to two inputs in one step, as a discriminator is applied to real and
   * generated images.
   */
  private static final class Twice extends Layer {
    private final Layer layer;

    Twice(Layer layer) {
      this.layer = child("layer", layer);
    }

    @Override
    protected Tensor compute(Tensor x) {
      return layer.forward(x).add(layer.forward(x.mul(2)));
    }
  }

  private static List<String> packed(KernelLog log) {
    return log.linesWith("Weights ");
  }

  private static void write(Layer layer) {
    for (Parameter parameter : layer.parameters()) {
      parameter.set(parameter.toFloats());
    }
  }

  private static void train(Layer layer, Case one) {
    try (Step step = KernelSet.ONEDNN.training(new Rng(SEED))) {
      layer.forward(step.tensor(input(one), one.input()).requireGradient()).sum().backward();
    }
  }

  private static void infer(Layer layer, Case one) {
    try (Step step = KernelSet.ONEDNN.inference()) {
      layer.forward(step.tensor(input(one), one.input()));
    }
  }

  private static float[] input(Case one) {
    int size = 1;
    for (long d : one.input()) {
      size *= (int) d;
    }
    Rng rng = new Rng(SEED);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }
}
