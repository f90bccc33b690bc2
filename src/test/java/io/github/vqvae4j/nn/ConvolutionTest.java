package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SAME and CAUSAL padding, weight normalization and masks. */
class ConvolutionTest {
  private static final long SEED = 11;

  private static ConvConfig of(int in, int out, int kernel) {
    return ConvConfig.of(in, out, kernel);
  }

  /** The layers of goldens_conv_layers.py. */
  private static Map<String, Layer> goldenLayers() {
    Rng rng = new Rng(SEED);
    Map<String, Layer> layers = new LinkedHashMap<>();
    layers.put("causal", new Conv1d(of(3, 5, 3).causal().dilation(4), rng));
    layers.put("causal_strided", new Conv1d(of(4, 4, 4).stride(2).causal().relu(true), rng));
    layers.put(
        "causal_transposed",
        new ConvTranspose1d(of(3, 2, 6).causal().stride(3).weightNorm(true), rng));
    layers.put("same_even", new Conv2d(of(3, 4, 1).same().kernel(4, 2), rng));
    layers.put("same_dilated", new Conv1d(of(3, 2, 4).same().dilation(3), rng));
    layers.put("same_strided", new Conv2d(of(2, 3, 3).same().stride(2), rng));
    layers.put(
        "normalized",
        new Conv2d(of(4, 6, 3).padding(1).groups(2).weightNorm(true).relu(true), rng));
    layers.put(
        "normalized_1d",
        new Conv1d(of(3, 5, 7).padding(3, 4, 6, 0).weightNorm(true).bias(false), rng));
    layers.put(
        "normalized_transposed",
        new ConvTranspose2d(
            of(4, 6, 3).stride(2).padding(1).outputPadding(1).groups(2).weightNorm(true), rng));
    layers.put("mask_a", new Conv2d(of(3, 4, 1).kernel(5, 3).same().mask(ConvMask.A), rng));
    layers.put("mask_b", new Conv2d(of(3, 3, 3).padding(1).mask(ConvMask.B), rng));
    layers.put("mask_above", new Conv2d(of(3, 2, 3).mask(ConvMask.ABOVE).padding(2, 0, 1, 1), rng));
    layers.put(
        "mask_normalized",
        new Conv2d(of(3, 4, 5).padding(4, 0, 2, 2).mask(ConvMask.A).weightNorm(true), rng));
    layers.put("mask_1d", new Conv1d(of(3, 4, 3).dilation(2).causal().mask(ConvMask.A), rng));
    return layers;
  }

  @TestFactory
  Stream<DynamicTest> layersMatchPyTorch() throws IOException {
    Golden golden = Golden.read("conv_layers");
    return Stream.of(DType.FLOAT, DType.DOUBLE)
        .flatMap(
            dtype ->
                goldenLayers().entrySet().stream()
                    .map(
                        one ->
                            DynamicTest.dynamicTest(
                                one + " " + dtype, () -> check(golden, one, dtype))));
  }

  private static void check(Golden golden, Entry<String, Layer> one, DType dtype) {
    try (Layer layer = one.getValue()) {
      LayerGolden.compare(golden, one.getKey() + ".", layer, dtype);
    }
  }

  /** The masked and normalized weight is cached in inference, and must never be stale. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void inferenceReflectsWritesToEachParameter(KernelSet kernels) {
    ConvConfig config = of(16, 16, 3).same().mask(ConvMask.B).weightNorm(true).bias(false);
    try (Layer layer = new Conv2d(config, new Rng(SEED))) {
      float[] before = infer(kernels, layer, 1, 5, 7, 16);
      assertArrayEquals(before, infer(kernels, layer, 1, 5, 7, 16));
      assertEquals(Set.of("weight_v", "weight_g"), layer.variables().keySet());
      float[] gain = layer.variables().get("weight_g").toFloats();
      for (int i = 0; i < gain.length; i++) {
        gain[i] *= 2;
      }
      layer.variables().get("weight_g").set(gain);
      float[] doubled = infer(kernels, layer, 1, 5, 7, 16);
      float[] weight = layer.variables().get("weight_v").toFloats();
      for (int i = 0; i < weight.length; i++) {
        weight[i] *= -4;
      }
      layer.variables().get("weight_v").set(weight);
      float[] negated = infer(kernels, layer, 1, 5, 7, 16);
      for (int i = 0; i < before.length; i++) {
        assertEquals(2 * before[i], doubled[i]);
        assertEquals(-doubled[i], negated[i]);
      }
    }
  }

  /** The initial norms are those of the masked weights. */
  @Test
  void weightNormDoesNotChangeInitialWeights() {
    for (ConvConfig config :
        new ConvConfig[] {of(4, 6, 3).groups(2), of(3, 5, 3).same().mask(ConvMask.A)}) {
      try (Layer plain = new Conv2d(config, new Rng(SEED));
          Layer normalized = new Conv2d(config.weightNorm(true), new Rng(SEED))) {
        float[] expected = infer(KernelSet.ND4J, plain, 2, 5, 6, config.in());
        float[] actual = infer(KernelSet.ND4J, normalized, 2, 5, 6, config.in());
        assertArrayEquals(expected, actual, 1e-6f);
      }
    }
    try (Layer plain = new ConvTranspose1d(of(3, 5, 4), new Rng(SEED));
        Layer normalized = new ConvTranspose1d(of(3, 5, 4).weightNorm(true), new Rng(SEED))) {
      float[] expected = infer(KernelSet.ND4J, plain, 2, 5, 3);
      assertArrayEquals(expected, infer(KernelSet.ND4J, normalized, 2, 5, 3), 1e-6f);
      assertArrayEquals(new long[] {3}, normalized.variables().get("weight_g").shape());
    }
  }

  @Test
  void onlyTheStrideChangesTheSize() {
    for (int kernel = 1; kernel <= 5; kernel++) {
      for (int stride = 1; stride <= 3; stride++) {
        for (int dilation = 1; dilation <= 3; dilation++) {
          ConvConfig config = of(1, 1, kernel).stride(stride).dilation(dilation);
          long[] small = {1, 4, 5, 1};
          long[] large = {1, 4L * stride, 5L * stride, 1};
          Rng rng = new Rng(SEED);
          checkShape(new Conv2d(config.same(), rng), large, small);
          checkShape(new ConvTranspose2d(config.same(), rng), small, large);
          long[] time = {1, 5L * stride, 1};
          checkShape(new Conv1d(config.causal(), rng), time, 1, 5, 1);
          checkShape(new ConvTranspose1d(config.causal(), rng), new long[] {1, 5, 1}, time);
          long[] longer = {1, 5L * stride + 1, 1};
          checkShape(new Conv1d(config.causal(), rng), longer, 1, 6, 1);
        }
      }
    }
  }

  private static void checkShape(Layer layer, long[] input, long... expected) {
    try (layer;
        Step step = KernelSet.ND4J.inference()) {
      float[] values = new float[size(input)];
      assertArrayEquals(expected, layer.forward(step.tensor(values, input)).shape());
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void causalConvolutionsDoNotDependOnLaterInputs(KernelSet kernels) {
    Rng rng = new Rng(SEED);
    ConvConfig config = of(16, 16, 4);
    try (Layer conv = new Conv1d(config.causal().dilation(3).weightNorm(true), rng);
        Layer strided = new Conv1d(config.stride(2).causal(), rng);
        Layer masked = new Conv1d(config.causal().mask(ConvMask.A), rng);
        Layer transposed = new ConvTranspose1d(of(16, 16, 6).stride(3).causal(), rng)) {
      // Output j corresponds to input j, 2 j or j / 3.
      assertDependencies(kernels, conv, (input, result) -> input <= result, 1, 13, 16);
      assertDependencies(kernels, strided, (input, result) -> input <= 2 * result, 1, 13, 16);
      assertDependencies(kernels, masked, (input, result) -> input < result, 1, 13, 16);
      assertDependencies(kernels, transposed, (input, result) -> input <= result / 3, 1, 13, 16);
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void maskedConvolutionsDependOnEarlierPixelsOnly(KernelSet kernels) {
    ConvConfig square = of(16, 16, 5).same();
    ConvConfig causal = of(16, 16, 5).padding(4, 0, 2, 2);
    BiPredicate<Integer, Integer> before = (input, result) -> input < result;
    BiPredicate<Integer, Integer> upTo = (input, result) -> input <= result;
    BiPredicate<Integer, Integer> above = (input, result) -> input / 7 < result / 7;
    for (ConvConfig config : new ConvConfig[] {square, causal}) {
      Map<ConvMask, BiPredicate<Integer, Integer>> masks =
          Map.of(ConvMask.A, before, ConvMask.B, upTo, ConvMask.ABOVE, above);
      masks.forEach(
          (mask, allowed) -> {
            try (Layer layer = new Conv2d(config.mask(mask).weightNorm(true), new Rng(SEED))) {
              assertDependencies(kernels, layer, allowed, 1, 6, 7, 16);
            }
          });
    }
  }

  /**
   * Changes one input position at a time. Outputs that must not depend on it must be bitwise equal,
   * and each output must depend on at least one input.
   */
  private static void assertDependencies(
      KernelSet kernels, Layer layer, BiPredicate<Integer, Integer> allowed, long... shape) {
    float[] input = gaussians(shape);
    float[] before = infer(kernels, layer, input, shape);
    int channels = (int) shape[shape.length - 1];
    int last = 0;
    for (int position = 0; position < input.length / channels; position++) {
      float[] changed = input.clone();
      changed[position * channels + 3] += 100;
      float[] after = infer(kernels, layer, changed, shape);
      for (int i = 0; i < after.length; i++) {
        if (after[i] != before[i]) {
          assertTrue(allowed.test(position, i / channels), "input " + position + ", output " + i);
          last = Math.max(last, i / channels);
        }
      }
      boolean expected = anyAllowed(allowed, position, before.length / channels);
      boolean actual = !Arrays.equals(before, after);
      assertEquals(expected, actual, "input " + position + " affects an output");
    }
    assertEquals(before.length / channels - 1, last, "the last output depends on an input");
  }

  private static boolean anyAllowed(
      BiPredicate<Integer, Integer> allowed, int position, int outputs) {
    for (int output = 0; output < outputs; output++) {
      if (allowed.test(position, output)) {
        return true;
      }
    }
    return false;
  }

  private static float[] infer(KernelSet kernels, Layer layer, long... shape) {
    return infer(kernels, layer, gaussians(shape), shape);
  }

  private static float[] infer(KernelSet kernels, Layer layer, float[] input, long... shape) {
    try (Step step = kernels.inference()) {
      return layer.forward(step.tensor(input, shape)).toFloats();
    }
  }

  private static float[] gaussians(long... shape) {
    Rng rng = new Rng(SEED);
    float[] values = new float[size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }

  private static int size(long... shape) {
    int size = 1;
    for (long d : shape) {
      size *= (int) d;
    }
    return size;
  }

  @Test
  void rowsOfAnImageGiveTheRowsOfItsOutput() {
    Rng rng = new Rng(SEED);
    Conv2d conv = new Conv2d(of(2, 5, 3).padding(2, 1, 1, 0).relu(true), rng);
    float[] pixels = new float[5 * 4 * 2];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = rng.nextFloat();
    }
    try (Step step = Step.inference()) {
      Tensor image = step.tensor(pixels, 1, 5, 4, 2);
      Tensor rows = conv.ofRows(image.slice(1, 1, 5));
      assertArrayEquals(new long[] {1, 2, 3, 5}, rows.shape());
      // With 2 rows of padding above, the kernel of output i sees rows i - 2 to i.
      Tensor expected = conv.forward(image).slice(1, 3, 5);
      assertArrayEquals(expected.toFloats(), rows.toFloats(), 1e-6f);
      Tensor tooFew = image.slice(1, 0, 2);
      assertThrows(IllegalArgumentException.class, () -> conv.ofRows(tooFew));
    }
  }

  @Test
  void unsupportedSettingsAreRejected() {
    Rng rng = new Rng(SEED);
    assertRejected(
        () -> new Conv2d(of(2, 3, 3).causal(), rng), "Conv2d", "CAUSAL", "sequences", "mask");
    assertRejected(
        () -> new ConvTranspose2d(of(2, 3, 3).causal(), rng), "ConvTranspose2d", "CAUSAL");
    ConvConfig masked = of(2, 3, 3).same().mask(ConvMask.B);
    assertRejected(() -> new ConvTranspose2d(masked, rng), "ConvTranspose2d", "no mask", "got B");
    assertRejected(() -> new ConvTranspose1d(masked, rng), "ConvTranspose1d", "no mask");
    assertRejected(
        () -> new Conv2d(of(2, 3, 3).mask(ConvMask.A), rng),
        "ConvMask.A",
        "before the current one",
        "3x3",
        "Pad the images");
    assertRejected(() -> new Conv2d(of(2, 3, 1).same().mask(ConvMask.A), rng), "ConvMask.A", "1x1");
    assertRejected(
        () -> new Conv1d(of(2, 3, 3).causal().mask(ConvMask.ABOVE), rng), "ABOVE", "1x3");
    assertRejected(() -> of(2, 3, 3).stride(2).same().outputPadding(1), "SAME", "outputPadding=1");
    assertRejected(() -> of(2, 3, 3).same().padding(1), "ConvConfig.options", "padding with SAME");
    assertRejected(
        () -> of(2, 3, 3).padding(1).causal(), "ConvConfig.options", "padding with CAUSAL");
    try (Layer layer = new Conv2d(of(1, 1, 3).stride(2).same(), rng);
        Step step = Step.inference()) {
      for (long[] odd : new long[][] {{1, 5, 4, 1}, {1, 4, 5, 1}}) {
        assertRejected(
            () -> layer.forward(step.tensor(new float[20], odd)),
            "Conv2d",
            "SAME",
            "divisible by the stride",
            Arrays.toString(odd));
      }
      assertRejected(() -> layer.forward(step.tensor(new float[20], 4, 5)), "conv2d", "[4, 5]");
    }
  }

  private static void assertRejected(Runnable mistake, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, mistake::run), parts);
  }
}
