package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.KernelSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Lists of convolutions, each with kernels and a number of threads to compute it with. */
final class ConvolutionSettings {
  /** One computation. */
  record Setting(ConvolutionCase convolution, KernelSet kernels, int threads) {
    @Override
    public String toString() {
      return convolution + " by " + kernels + " on " + threads;
    }
  }

  private static final Integer[] CHANNELS = {1, 3, 8, 16, 17, 24, 32, 40, 48, 64, 128};
  private static final Boolean[] EITHER = {false, true};
  private static final Integer[] THREADS = {1, 2};

  /** Stands for as many groups as both numbers of channels allow. */
  private static final int ALL_GROUPS = 0;

  private final List<Setting> settings;
  private final String pairs;

  private ConvolutionSettings(List<Setting> settings, String pairs) {
    this.settings = settings;
    this.pairs = pairs;
  }

  List<Setting> settings() {
    return settings;
  }

  /** How many, and of how many pairs of values. */
  String summary() {
    return settings.size() + " cases" + pairs;
  }

  private static ConvolutionSettings pairwise(
      long seed, Function<Object[], Setting> make, Predicate<Setting> allowed, Object[]... values) {
    int[] sizes = Arrays.stream(values).mapToInt(v -> v.length).toArray();
    Function<int[], Setting> ofRow =
        row -> {
          Object[] chosen = new Object[row.length];
          Arrays.setAll(chosen, i -> values[i][row[i]]);
          return make.apply(chosen);
        };
    CoveringArray array =
        new CoveringArray(
            seed,
            row -> {
              Setting setting = ofRow.apply(row);
              return setting.convolution().exists() && allowed.test(setting);
            },
            sizes);
    return new ConvolutionSettings(
        array.rows().stream().map(ofRow).toList(),
        ", " + array.pairs() + " pairs, of which " + array.impossible() + " cannot be");
  }

  /**
   * Channels, sizes, kernels, strides, paddings, dilations, groups and what is fused, by both sets
   * of kernels.
   *
   * @param most multiplications of a case, at most
   */
  static ConvolutionSettings general(long seed, long most) {
    return pairwise(
        seed,
        v -> {
          int in = (int) v[1];
          int out = (int) v[2];
          int groups = (int) v[14] == ALL_GROUPS ? divisor(in, out) : (int) v[14];
          boolean transposed = (boolean) v[0];
          int strideHeight = (int) v[8];
          int strideWidth = (int) v[9];
          int added = transposed ? Math.min((int) v[15], strideHeight - 1) : 0;
          int addedRight = transposed ? Math.min((int) v[15], strideWidth - 1) : 0;
          ConvOptions window =
              ConvOptions.of(1, 0)
                  .stride(strideHeight, strideWidth)
                  .padding((int) v[10], (int) v[21], (int) v[11], (int) v[22])
                  .dilation((int) v[12], (int) v[13])
                  .groups(groups)
                  .outputPadding(added, addedRight);
          return new Setting(
              new ConvolutionCase(
                  transposed,
                  (int) v[3],
                  (int) v[4],
                  (int) v[5],
                  in,
                  out,
                  (int) v[6],
                  (int) v[7],
                  window,
                  (boolean) v[16],
                  (boolean) v[17],
                  (boolean) v[18]),
              (KernelSet) v[19],
              (int) v[20]);
        },
        setting -> setting.convolution().multiplications() <= most,
        EITHER,
        CHANNELS,
        CHANNELS,
        new Integer[] {1, 2, 5},
        new Integer[] {1, 2, 5, 8, 16, 23, 40},
        new Integer[] {1, 3, 4, 8, 15, 32, 40},
        new Integer[] {1, 2, 3, 4, 5},
        new Integer[] {1, 2, 3, 4, 5},
        new Integer[] {1, 2, 3},
        new Integer[] {1, 2, 3},
        new Integer[] {0, 1, 2},
        new Integer[] {0, 1, 2},
        new Integer[] {1, 2, 3},
        new Integer[] {1, 2, 3},
        new Integer[] {1, 2, 4, ALL_GROUPS},
        new Integer[] {0, 1},
        EITHER,
        EITHER,
        EITHER,
        KernelSet.values(),
        THREADS,
        new Integer[] {0, 1, 2},
        new Integer[] {0, 1, 2});
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }

  /** Square kernels and the padding that keeps sizes, as models have them. */
  static ConvolutionSettings usual(long seed, long most) {
    return pairwise(
        seed,
        v -> {
          int kernel = (int) v[5];
          ConvOptions window = ConvOptions.of((int) v[6], (kernel - 1) / 2);
          return setting(v, kernel, window);
        },
        setting -> setting.convolution().multiplications() <= most,
        EITHER,
        CHANNELS,
        CHANNELS,
        new Integer[] {1, 2, 7},
        new Integer[] {1, 4, 5, 8, 16, 20, 28, 32, 40},
        new Integer[] {1, 2, 3, 4, 5},
        new Integer[] {1, 2},
        EITHER,
        EITHER,
        EITHER,
        KernelSet.values(),
        THREADS);
  }

  /** Computed by Winograd convolution: 3x3, and 4x4 with stride 2, with many channels. */
  static ConvolutionSettings winograd(long seed, long most) {
    return pairwise(
        seed,
        v -> {
          int top = (int) v[12];
          int left = (int) v[13];
          ConvOptions window = ConvOptions.of((int) v[6], 0).padding(top, 2 - top, left, 2 - left);
          return setting(v, 2 + (int) v[6], window);
        },
        setting -> setting.convolution().multiplications() <= most && hasTiles(setting),
        EITHER,
        new Integer[] {64, 65, 72, 96, 128},
        new Integer[] {64, 65, 72, 96, 128},
        new Integer[] {2, 8, 9, 32, 40},
        new Integer[] {4, 8, 16, 24, 32, 40},
        new Integer[] {0},
        new Integer[] {1, 2},
        EITHER,
        new Boolean[] {false},
        EITHER,
        new KernelSet[] {KernelSet.ONEDNN},
        THREADS,
        new Integer[] {0, 1, 2},
        new Integer[] {0, 1, 2});
  }

  /** Whether the images of its plain convolution are whole tiles, and enough of them. */
  private static boolean hasTiles(Setting setting) {
    ConvolutionCase one = setting.convolution();
    int stride = one.window().height().stride();
    int size = one.transposed() ? one.height() * stride : one.height();
    int side = 4 * stride;
    return size % side == 0 && one.batch() * (size / side) * (size / side) >= 32;
  }

  /** What goes by sub-pixels: transposed, to few channels, kernels that the stride divides. */
  static ConvolutionSettings subPixels(long seed, long most) {
    return pairwise(
        seed,
        v -> {
          int stride = (int) v[6];
          ConvOptions window =
              ConvOptions.of(stride, 0).padding((int) v[12], (int) v[13], (int) v[14], (int) v[15]);
          return setting(v, stride * (int) v[5], window);
        },
        setting -> setting.convolution().multiplications() <= most,
        new Boolean[] {true},
        CHANNELS,
        new Integer[] {1, 3, 4, 7},
        new Integer[] {1, 2, 5},
        new Integer[] {1, 2, 3, 7, 16, 20, 40},
        new Integer[] {1, 2, 3},
        new Integer[] {2, 3, 4},
        EITHER,
        new Boolean[] {false},
        EITHER,
        new KernelSet[] {KernelSet.ONEDNN},
        THREADS,
        new Integer[] {0, 1, 2},
        new Integer[] {0, 1, 2},
        new Integer[] {0, 1, 2},
        new Integer[] {0, 1, 2});
  }

  /** Transposed, batch, sizes and channels, then what the callers name. */
  private static Setting setting(Object[] v, int kernel, ConvOptions window) {
    int size = (int) v[4];
    return new Setting(
        new ConvolutionCase(
            (boolean) v[0],
            (int) v[3],
            size,
            size,
            (int) v[1],
            (int) v[2],
            kernel,
            kernel,
            window,
            (boolean) v[7],
            (boolean) v[8],
            (boolean) v[9]),
        (KernelSet) v[10],
        (int) v[11]);
  }

  /**
   * Those whose input gradients once were wrong, since weights packed for one direction were taken
   * for the other: transposed, with equal numbers of channels.
   */
  static ConvolutionSettings onceWrong(long most) {
    List<ConvolutionCase> cases = new ArrayList<>();
    for (int channels : CHANNELS) {
      for (int size : new int[] {4, 8, 20, 40}) {
        for (int kernel : new int[] {1, 3, 5}) {
          ConvOptions window = ConvOptions.of(1, kernel / 2);
          cases.add(ConvolutionCase.square(true, 2, size, channels, channels, kernel, window));
        }
      }
    }
    for (int kernel = 2; kernel <= 5; kernel++) {
      ConvOptions window = ConvOptions.of(2, (kernel - 1) / 2);
      cases.add(ConvolutionCase.square(true, 2, 8, 8, 8, kernel, window));
      cases.add(ConvolutionCase.square(true, 2, 8, 40, 40, kernel, window));
      cases.add(ConvolutionCase.square(true, 2, 40, 40, 40, kernel, window));
    }
    return new ConvolutionSettings(
        cases.stream()
            .filter(one -> one.exists() && one.multiplications() <= most)
            .flatMap(one -> Stream.of(1, 2).map(t -> new Setting(one, KernelSet.ONEDNN, t)))
            .toList(),
        "");
  }
}
