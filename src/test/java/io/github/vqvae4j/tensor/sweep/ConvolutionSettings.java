package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.ConvOptions.Axis;
import io.github.vqvae4j.tensor.KernelSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lists of convolutions to test, each with kernels and a number of threads. Most of the candidates
 * are rejected, so that options are created by constructors, which are faster than the setters.
 */
final class ConvolutionSettings {
  /** A convolution, its kernels and number of threads. */
  record Setting(ConvolutionCase convolution, KernelSet kernels, int threads) {
    @Override
    public String toString() {
      return convolution + " by " + kernels + " on " + threads;
    }
  }

  private static final Integer[] CHANNELS = {1, 3, 8, 16, 17, 24, 32, 40, 48, 64, 128};
  private static final Boolean[] EITHER = {false, true};
  private static final Integer[] THREADS = {1, 2};

  /** Represents the maximum number of groups, the GCD of the channels. */
  private static final int MAX_GROUPS = 0;

  private final List<Setting> settings;
  private final String pairs;

  private ConvolutionSettings(List<Setting> settings, String pairs) {
    this.settings = settings;
    this.pairs = pairs;
  }

  List<Setting> settings() {
    return settings;
  }

  /** Returns the numbers of cases and of pairs of values. */
  String summary() {
    return settings.size() + " cases" + pairs;
  }

  private static ConvolutionSettings pairwise(
      long seed,
      Function<Object[], Setting> create,
      Predicate<Setting> allowed,
      Object[]... values) {
    int[] sizes = Arrays.stream(values).mapToInt(v -> v.length).toArray();
    Function<int[], Setting> toSetting =
        row -> {
          Object[] chosen = new Object[row.length];
          Arrays.setAll(chosen, i -> values[i][row[i]]);
          return create.apply(chosen);
        };
    CoveringArray array =
        new CoveringArray(
            seed,
            row -> {
              Setting setting = toSetting.apply(row);
              return setting.convolution().isValid() && allowed.test(setting);
            },
            sizes);
    return new ConvolutionSettings(
        array.rows().stream().map(toSetting).toList(),
        ", " + array.pairs() + " pairs, " + array.impossible() + " of them impossible");
  }

  /**
   * Returns convolutions with general channels, sizes, kernels, strides, paddings, dilations,
   * groups and fused operations, for both kernel implementations.
   *
   * @param maxMultiplications the maximum number of multiplications of a case
   */
  static ConvolutionSettings general(long seed, long maxMultiplications) {
    return pairwise(
        seed,
        v -> {
          int in = (int) v[1];
          int out = (int) v[2];
          int groups = (int) v[14] == MAX_GROUPS ? gcd(in, out) : (int) v[14];
          boolean transposed = (boolean) v[0];
          int strideHeight = (int) v[8];
          int strideWidth = (int) v[9];
          int outputPaddingHeight = transposed ? Math.min((int) v[15], strideHeight - 1) : 0;
          int outputPaddingWidth = transposed ? Math.min((int) v[15], strideWidth - 1) : 0;
          ConvOptions options =
              new ConvOptions(
                  new Axis(
                      strideHeight, (int) v[10], (int) v[21], (int) v[12], outputPaddingHeight),
                  new Axis(strideWidth, (int) v[11], (int) v[22], (int) v[13], outputPaddingWidth),
                  groups);
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
                  options,
                  (boolean) v[16],
                  (boolean) v[17],
                  (boolean) v[18]),
              (KernelSet) v[19],
              (int) v[20]);
        },
        setting -> setting.convolution().multiplications() <= maxMultiplications,
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
        new Integer[] {1, 2, 4, MAX_GROUPS},
        new Integer[] {0, 1},
        EITHER,
        EITHER,
        EITHER,
        KernelSet.values(),
        THREADS,
        new Integer[] {0, 1, 2},
        new Integer[] {0, 1, 2});
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Returns typical convolutions of models: square kernels and size-preserving padding. */
  static ConvolutionSettings typical(long seed, long maxMultiplications) {
    return pairwise(
        seed,
        v -> {
          int kernel = (int) v[5];
          ConvOptions options = ConvOptions.of((int) v[6], (kernel - 1) / 2);
          return setting(v, kernel, options);
        },
        setting -> setting.convolution().multiplications() <= maxMultiplications,
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

  /** Returns convolutions computed by Winograd: 3x3, and 4x4 with stride 2, with many channels. */
  static ConvolutionSettings winograd(long seed, long maxMultiplications) {
    return pairwise(
        seed,
        v -> {
          int top = (int) v[12];
          int left = (int) v[13];
          int stride = (int) v[6];
          ConvOptions options =
              new ConvOptions(
                  new Axis(stride, top, 2 - top, 1, 0), new Axis(stride, left, 2 - left, 1, 0), 1);
          return setting(v, 2 + stride, options);
        },
        setting ->
            setting.convolution().multiplications() <= maxMultiplications && hasTiles(setting),
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

  /** Returns whether the images consist of complete tiles, and of enough tiles. */
  private static boolean hasTiles(Setting setting) {
    ConvolutionCase convolution = setting.convolution();
    int stride = convolution.options().height().stride();
    int size = convolution.transposed() ? convolution.height() * stride : convolution.height();
    int tileSize = 4 * stride;
    return size % tileSize == 0
        && convolution.batch() * (size / tileSize) * (size / tileSize) >= 32;
  }

  /**
   * Returns sub-pixel convolutions: transposed, few output channels, kernel size divisible by the
   * stride.
   */
  static ConvolutionSettings subPixels(long seed, long maxMultiplications) {
    return pairwise(
        seed,
        v -> {
          int stride = (int) v[6];
          ConvOptions options =
              ConvOptions.of(stride, 0).padding((int) v[12], (int) v[13], (int) v[14], (int) v[15]);
          return setting(v, stride * (int) v[5], options);
        },
        setting -> setting.convolution().multiplications() <= maxMultiplications,
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

  /** Creates a setting from the values of a row. */
  private static Setting setting(Object[] v, int kernel, ConvOptions options) {
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
            options,
            (boolean) v[7],
            (boolean) v[8],
            (boolean) v[9]),
        (KernelSet) v[10],
        (int) v[11]);
  }

  /**
   * Returns convolutions affected by a fixed bug, in which weights packed for one direction were
   * used for the other: transposed convolutions with equal numbers of channels.
   *
   * @param isFull whether each is computed by one thread and by two, instead of by one or two in
   *     turn
   */
  static ConvolutionSettings packingRegressions(long maxMultiplications, boolean isFull) {
    List<ConvolutionCase> cases = new ArrayList<>();
    for (int channels : CHANNELS) {
      for (int size : new int[] {4, 8, 20, 40}) {
        for (int kernel : new int[] {1, 3, 5}) {
          ConvOptions options = ConvOptions.of(1, kernel / 2);
          cases.add(ConvolutionCase.square(true, 2, size, channels, channels, kernel, options));
        }
      }
    }
    for (int kernel = 2; kernel <= 5; kernel++) {
      ConvOptions options = ConvOptions.of(2, (kernel - 1) / 2);
      cases.add(ConvolutionCase.square(true, 2, 8, 8, 8, kernel, options));
      cases.add(ConvolutionCase.square(true, 2, 8, 40, 40, kernel, options));
      cases.add(ConvolutionCase.square(true, 2, 40, 40, 40, kernel, options));
    }
    cases.removeIf(c -> !c.isValid() || c.multiplications() > maxMultiplications);
    List<Setting> settings = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      for (int threads : isFull ? THREADS : new Integer[] {1 + i % 2}) {
        settings.add(new Setting(cases.get(i), KernelSet.ONEDNN, threads));
      }
    }
    return new ConvolutionSettings(settings, "");
  }
}
