package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** An operation with its definition and test inputs. */
record OperationCase(
    String name, Operation operation, Definition definition, Range range, List<long[]> shapes) {

  /** The operation as implemented by the library. */
  @FunctionalInterface
  interface Operation {
    Tensor apply(Tensor... inputs);
  }

  /** The definition in plain Java. */
  @FunctionalInterface
  interface Definition {
    NdArray apply(NdArray... inputs);
  }

  /** The distribution of the inputs. */
  enum Range {
    NORMAL(Rng::nextGaussian),
    POSITIVE(rng -> 0.3 + 2 * rng.nextDouble()),
    /** For divisors, and for functions with a kink at zero. */
    AWAY_FROM_ZERO(rng -> (rng.nextBoolean() ? 1 : -1) * (0.3 + 2 * rng.nextDouble()));

    private final ToDoubleFunction<Rng> draw;

    Range(ToDoubleFunction<Rng> draw) {
      this.draw = draw;
    }

    double draw(Rng rng) {
      return draw.applyAsDouble(rng);
    }

    /** Returns random values that are exact in float. */
    NdArray ndArray(Rng rng, long... shape) {
      return NdArray.filled(shape, index -> (float) draw.applyAsDouble(rng));
    }
  }

  static OperationCase of(
      String name, Range range, Operation operation, Definition definition, long[]... shapes) {
    String full = name + " " + Arrays.deepToString(shapes);
    return new OperationCase(full, operation, definition, range, List.of(shapes));
  }

  NdArray[] inputs(Rng rng) {
    return shapes.stream().map(shape -> range.ndArray(rng, shape)).toArray(NdArray[]::new);
  }

  static long[] shape(long... sizes) {
    return sizes;
  }

  @Override
  public String toString() {
    return name;
  }
}
