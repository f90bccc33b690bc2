package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.quantize.BinaryQuantizer;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.LatentQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Tests of {@link Block#withoutValues}. */
class WithoutValuesTest {
  private static final List<Function<Rng, Layer>> LAYERS =
      List.of(
          rng -> new Conv2d(ConvConfig.of(4, 6, 3).groups(2), rng),
          rng -> new ConvTranspose2d(ConvConfig.of(4, 6, 3).groups(2), rng),
          rng -> new Conv1d(ConvConfig.of(2, 3, 4).bias(false), rng),
          rng -> new ConvTranspose1d(ConvConfig.of(2, 3, 4), rng),
          rng -> new Conv1d(ConvConfig.of(2, 3, 4).causal().weightNorm(true), rng),
          rng -> new ConvTranspose2d(ConvConfig.of(2, 3, 4).weightNorm(true), rng),
          rng -> new Conv2d(ConvConfig.of(2, 3, 3).same().mask(ConvMask.A).weightNorm(true), rng),
          rng -> new Linear(3, 2, rng),
          rng -> new Linear(LinearConfig.of(3, 2).bias(false), rng),
          rng -> new Embedding(5, 2, rng),
          rng -> new GroupNorm(2, 4),
          rng -> new LayerNorm(3),
          rng -> new BatchNorm2d(3),
          rng -> new BatchNorm2d(BatchNormConfig.of(3).affine(false)),
          rng -> new MultiHeadAttention(4, 2, false, rng),
          rng -> new AttentionBlock(4, 2, rng),
          rng -> new ResidualStack(Conv2d::new, 4, ResidualConfig.of(2, 3), Initializer.TORCH, rng),
          rng ->
              new ResidualStack(
                  Conv1d::new,
                  4,
                  ResidualConfig.of(2, 3).dilationGrowth(3),
                  Initializer.TORCH,
                  rng),
          rng -> VectorQuantizer.ema(4, 3).init(Initialization.NORMAL).build(rng),
          rng -> VectorQuantizer.gradient(4, 3).build(rng),
          rng -> ProjectedQuantizer.of(3, FiniteScalarQuantizer.levels(4, 3)).build(rng),
          rng -> LookupFreeQuantizer.bits(3).build(rng),
          rng -> SimVectorQuantizer.codes(4, 3).build(rng),
          rng -> IndexBackpropagationQuantizer.codes(4, 3).build(rng),
          rng -> GroupedQuantizer.of(2, VectorQuantizer.ema(4, 3)).build(rng),
          rng -> ResidualQuantizer.of(2, VectorQuantizer.ema(4, 3)).build(rng),
          rng -> LatentQuantizer.levels(4, 3).build(rng),
          rng -> BinaryQuantizer.bits(3).build(rng));

  private static Map<String, List<Long>> shapes(Layer layer) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    layer
        .variables()
        .forEach(
            (name, variable) ->
                shapes.put(name, java.util.Arrays.stream(variable.shape()).boxed().toList()));
    return shapes;
  }

  @Test
  void namesAndShapesMatchAndNothingIsDrawn() {
    for (Function<Rng, Layer> build : LAYERS) {
      Rng rng = new Rng(3);
      Layer blank = Layer.withoutValues(100, () -> build.apply(rng));
      assertEquals(new Rng(3).nextLong(), rng.nextLong(), blank.getClass().getSimpleName());
      try (Layer layer = build.apply(new Rng(3))) {
        assertEquals(shapes(layer), shapes(blank));
        layer.variables().forEach((n, v) -> blank.variables().get(n).set(v.toFloats()));
        layer
            .variables()
            .forEach(
                (n, v) -> assertArrayEquals(v.toFloats(), blank.variables().get(n).toFloats(), n));
      }
      blank.close();
    }
  }

  @Test
  void sizesLargerThanMemoryAreNotAllocated() {
    int huge = 1_000_000_000;
    Layer layer = Layer.withoutValues(2, () -> new Linear(huge, huge, new Rng(1)));
    Variable weight = layer.variables().get("weight");
    assertArrayEquals(new long[] {huge, huge}, weight.shape());
    try (Step step = Step.inference()) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> weight.in(step).toFloats()),
          "weight: it has no values yet");
    }
    layer.close();
  }

  @Test
  void tooManyVariablesAreRejected() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Layer.withoutValues(
                    3,
                    () ->
                        new ResidualStack(
                            Conv2d::new,
                            2,
                            ResidualConfig.of(Integer.MAX_VALUE, 1),
                            Initializer.TORCH,
                            new Rng(1)))),
        "Block.withoutValues: expected at most 3 parameters and buffers, got more");
    try (Layer layer = new Linear(1, 1, new Rng(1))) {
      assertEquals(
          1, layer.variables().get("bias").toFloats().length, "creation with values works again");
    }
  }
}
