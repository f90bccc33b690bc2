package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.Window;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolutionSweepTest {
  static List<ConvolutionCase> grid() {
    List<ConvolutionCase> cases = new ArrayList<>();
    for (int channels : new int[] {1, 3, 8, 16, 17, 24, 32, 40, 48, 64, 128}) {
      for (int size : new int[] {4, 8, 20, 40}) {
        for (int kernel = 1; kernel <= 5; kernel++) {
          for (int stride = 1; stride <= 2; stride++) {
            Window window = Window.of(stride, (kernel - 1) / 2);
            ConvolutionCase one =
                ConvolutionCase.square(true, 2, size, channels, channels, kernel, window);
            if (one.exists() && one.multiplications() < 100_000_000L) {
              cases.add(one);
            }
          }
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("grid")
  void equalChannels(ConvolutionCase one) {
    Sweep.check(one.toString(), KernelSet.ONEDNN, 1e-4, ConvolutionCase::draw, one::subject);
  }
}
