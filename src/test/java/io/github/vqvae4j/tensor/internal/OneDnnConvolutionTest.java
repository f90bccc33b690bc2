package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * oneDNN has optimized implementations for the convolutions of typical models. Otherwise the ND4J
 * kernels would silently compute the same results more slowly.
 */
@EnabledOnOs(
    architectures = {"amd64", "x86_64"},
    disabledReason = "the implementations are those for x86")
class OneDnnConvolutionTest {
  @ParameterizedTest
  @CsvSource({
    "32, 1, 128, 4, 2, 1, 1, 1",
    "32, 3, 64, 4, 2, 1, 1, 1",
    "16, 64, 128, 4, 2, 1, 1, 1",
    "8, 128, 128, 3, 1, 1, 1, 1",
    "8, 128, 32, 3, 1, 1, 1, 1",
    "8, 32, 128, 1, 1, 0, 1, 1",
    "9, 5, 3, 2, 3, 2, 1, 1",
    "8, 128, 128, 3, 1, 2, 2, 1",
    "9, 128, 32, 3, 1, 9, 9, 1",
    "8, 128, 128, 3, 1, 1, 1, 4",
    "8, 128, 128, 4, 2, 1, 1, 2",
    "8, 128, 128, 3, 1, 1, 1, 128",
    "8, 128, 128, 3, 1, 2, 2, 128",
    "8, 12, 6, 3, 1, 2, 2, 3",
  })
  void optimizedImplementationExists(
      int size, int in, int out, int kernel, int stride, int padding, int dilation, int groups) {
    ConvOptions options =
        ConvOptions.of(stride, padding).dilation(dilation, dilation).groups(groups);
    int resultSize = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
    Arena arena = Arena.acquire();
    INDArray image = zeros(arena, 2, size, size, in);
    INDArray weight = zeros(arena, kernel, kernel, in / groups, out);
    INDArray result = zeros(arena, 2, resultSize, resultSize, out);
    INDArray bias = zeros(arena, out);
    INDArray transposedBias = zeros(arena, in);
    OneDnnConvolution convolution =
        new OneDnnConvolution(OneDnn.get(), image.shape(), weight.shape(), result.shape(), options);
    Weights weights = Weights.of(weight, VersionStamp.next());
    for (boolean relu : new boolean[] {false, true}) {
      assertTrue(convolution.forward(image, weights, bias, null, relu, result));
      assertTrue(convolution.forward(image, weights, bias, result, relu, result));
      assertTrue(convolution.transposed(result, weights, transposedBias, null, relu, image));
    }
    assertTrue(convolution.inputGradient(result, weights, image));
    assertTrue(convolution.weightGradient(image, result, weight, bias));
    arena.recycle();
  }

  private static INDArray zeros(Arena arena, long... shape) {
    INDArray array = arena.allocate(DType.FLOAT, shape);
    array.assign(0);
    return array;
  }
}
