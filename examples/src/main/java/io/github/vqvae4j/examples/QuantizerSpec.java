package io.github.vqvae4j.examples;

import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Distance;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Estimator;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A quantizer on the command line, such as {@code fsq:8,5,5,5} or {@code residual:8x1024}.
 *
 * @param kind the kind of quantizer
 * @param sizes its sizes
 */
record QuantizerSpec(Kind kind, List<Integer> sizes) {
  /** What the sizes are. */
  private enum Sizes {
    /** One number, K or the number of bits. */
    ONE("\\d+", "512"),
    /** The number of codebooks, and K of each. */
    TIMES("\\d+x\\d+", "8x1024"),
    /** Numbers of levels. */
    LIST("\\d+(,\\d+)*", "8,5,5,5");

    private final Pattern pattern;
    private final String example;

    Sizes(String pattern, String example) {
      this.pattern = Pattern.compile(pattern);
      this.example = example;
    }
  }

  /** The kinds, in lower case on the command line. */
  enum Kind {
    EMA(Sizes.ONE),
    GRADIENT(Sizes.ONE),
    COSINE(Sizes.ONE),
    ROTATION(Sizes.ONE),
    DIVEQ(Sizes.ONE),
    AFFINE(Sizes.ONE),
    CVQ(Sizes.ONE),
    SIMVQ(Sizes.ONE),
    IBQ(Sizes.ONE),
    FSQ(Sizes.LIST),
    LFQ(Sizes.ONE),
    BSQ(Sizes.ONE),
    RESIDUAL(Sizes.TIMES),
    GROUPED(Sizes.TIMES);

    private final Sizes sizes;

    Kind(Sizes sizes) {
      this.sizes = sizes;
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Parses {@code kind:sizes}. */
  static final class Converter implements ITypeConverter<QuantizerSpec> {
    @Override
    public QuantizerSpec convert(String text) {
      String[] parts = text.split(":", 2);
      Kind kind =
          Arrays.stream(Kind.values())
              .filter(k -> k.text().equals(parts[0]))
              .findFirst()
              .orElseThrow(() -> unknown(text));
      if (parts.length < 2 || !kind.sizes.pattern.matcher(parts[1]).matches()) {
        throw new TypeConversionException(
            "expected "
                + kind.text()
                + ":"
                + kind.sizes.example
                + " or other numbers, got '"
                + text
                + "'");
      }
      try {
        return new QuantizerSpec(
            kind, Arrays.stream(parts[1].split("[x,]")).map(Integer::valueOf).toList());
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "expected numbers of at most " + Integer.MAX_VALUE + ", got '" + text + "'");
      }
    }

    private static TypeConversionException unknown(String text) {
      List<String> known =
          Arrays.stream(Kind.values()).map(k -> k.text() + ":" + k.sizes.example).toList();
      return new TypeConversionException("expected one of " + known + ", got '" + text + "'");
    }
  }

  /**
   * Returns the settings of the quantizer.
   *
   * @param d the dimension of the codes' vectors, where the quantizer does not determine it
   */
  Quantizer.Config config(int d) {
    int size = sizes.get(0);
    return switch (kind) {
      case EMA -> VectorQuantizer.ema(size, d);
      case GRADIENT -> VectorQuantizer.gradient(size, d);
      case COSINE -> VectorQuantizer.ema(size, d).distance(Distance.COSINE);
      case ROTATION -> VectorQuantizer.ema(size, d).estimator(Estimator.ROTATION);
      case DIVEQ -> VectorQuantizer.gradient(size, d).estimator(Estimator.DIVEQ);
      case AFFINE -> VectorQuantizer.ema(size, d).affine(true);
      case CVQ -> VectorQuantizer.gradient(size, d).deadCodeThreshold(0).onlineClustering(true);
      case SIMVQ -> SimVectorQuantizer.codes(size, d);
      case IBQ -> IndexBackpropagationQuantizer.codes(size, d);
      case FSQ -> FiniteScalarQuantizer.levels(sizes.stream().mapToInt(i -> i).toArray());
      case LFQ -> LookupFreeQuantizer.bits(size);
      case BSQ -> LookupFreeQuantizer.spherical(size);
      case RESIDUAL -> ResidualQuantizer.of(size, VectorQuantizer.ema(sizes.get(1), d));
      case GROUPED -> GroupedQuantizer.of(size, VectorQuantizer.ema(sizes.get(1), part(d, size)));
    };
  }

  /** Returns the text of the command line. */
  @Override
  public String toString() {
    String separator = kind.sizes == Sizes.TIMES ? "x" : ",";
    return kind.text()
        + ":"
        + sizes.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }

  private static int part(int dimension, int groups) {
    if (groups < 1 || dimension % groups != 0) {
      throw new IllegalArgumentException(
          "--quantizer: expected a number of groups that divides --dimension "
              + dimension
              + ", got "
              + groups
              + "; change one of them");
    }
    return dimension / groups;
  }
}
