package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.internal.ProbePass.Values;
import io.github.vqvae4j.random.Rng;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * A long, thin input on which it is measured how far the layers of a model look along an axis. A
 * line of cells near each end is changed, and the results are compared exactly, so that a change is
 * seen over most of the length in both directions.
 *
 * <p>A layer may ignore some changes: trained ones ignore noise, a ReLU passes on one sign only,
 * and small weights lose small changes in rounding. Changes are therefore of several sizes and both
 * signs, with noise. A model may reject them; then, lines have the values of other lines.
 */
final class ReachProbe {
  /** The axes of an image. */
  enum Axis {
    ROWS,
    COLUMNS;

    int factor(Factors factors) {
      return this == ROWS ? factors.rows() : factors.columns();
    }

    private Axis other() {
      return this == ROWS ? COLUMNS : ROWS;
    }
  }

  /** The sizes of the changes; large ones saturate some layers. */
  private static final float[] SIZES = {1, 100, 10_000};

  private static final int[] SIGNS = {1, -1};

  private static final long SEED = 0x9a3b;

  private final ProbePass pass;
  private final Axis axis;
  private final int length;
  private final Rng rng = new Rng(SEED);

  /**
   * Creates a probe.
   *
   * @param length the length along the axis in cells
   * @param breadth the length along the other axis in pixels
   */
  ReachProbe(ProbePass.Subject subject, Axis axis, int length, int breadth) {
    this.axis = axis;
    this.length = length;
    int cells = ArrayLengths.chunks(breadth, axis.other().factor(subject.factors()));
    pass =
        axis == Axis.ROWS
            ? new ProbePass(subject, length, cells)
            : new ProbePass(subject, cells, length);
  }

  /** Returns the distance from an end to the changed cells near it. */
  private int inset() {
    return length / 8;
  }

  /**
   * Returns the maximum distance, in cells, at which a result is final: a third of what is seen of
   * a change.
   */
  int reliable() {
    return (length - 1 - inset()) / 3;
  }

  /**
   * Returns the largest distance from a changed cell to one whose results change; above {@link
   * #reliable()}, one at which the measurement ended.
   */
  int reach() {
    List<Values> before = pass.output();
    int reach = 0;
    for (float size : SIZES) {
      for (int sign : SIGNS) {
        // A change at an end is seen at the other one by layers such as circular padding.
        int inset = size == SIZES[1] ? 0 : inset();
        for (int place : new int[] {inset, length - 1 - inset}) {
          reach = Math.max(reach, distance(before, changed(place, sign * size), place));
          if (reach > reliable()) {
            return reach;
          }
        }
      }
    }
    return reach;
  }

  /** Returns the largest distance from the first line to a cell whose result changes with it. */
  int reachOfFirstLine() {
    return distance(pass.output(), changed(0, SIZES[0]), 0);
  }

  /**
   * Returns the results of an input of which a line of cells is changed. If the model does not
   * accept it, such as one that checks the range of pixels or takes their logarithm, the line has
   * the values of another one.
   */
  private List<Values> changed(int place, float size) {
    try {
      return pass.run(pass.input().stream().map(map -> changed(map, place, size)).toList());
    } catch (InsufficientMemoryException | CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      int other = rng.nextInt(length);
      return pass.run(pass.input().stream().map(map -> replaced(map, place, other)).toList());
    }
  }

  /** Returns values of which those of a line of cells are changed by a level and by noise. */
  private Values changed(Values map, int place, float size) {
    float[] changed = map.values().clone();
    for (int i = 0; i < changed.length; i++) {
      if (place(i, map) == place) {
        changed[i] += size * (0.5f + rng.nextFloat());
      }
    }
    return map.with(changed);
  }

  /** Returns values of which those of a line of cells are those of another one. */
  private Values replaced(Values map, int place, int other) {
    int lineLength =
        axis == Axis.ROWS ? map.values().length / length : map.width() / length * map.channels();
    float[] replaced = map.values().clone();
    for (int i = 0; i < replaced.length; i++) {
      if (place(i, map) == place) {
        replaced[i] = map.values()[i + (other - place) * lineLength];
      }
    }
    return map.with(replaced);
  }

  /** Returns the largest distance of a changed value from a line of cells. */
  private int distance(List<Values> before, List<Values> after, int place) {
    return IntStream.range(0, before.size())
        .map(i -> distance(before.get(i), after.get(i).values(), place))
        .max()
        .orElseThrow();
  }

  private int distance(Values before, float[] after, int place) {
    int distance = 0;
    for (int i = 0; i < after.length; i++) {
      if (before.values()[i] != after[i]) {
        distance = Math.max(distance, Math.abs(place(i, before) - place));
      }
    }
    return distance;
  }

  /** Returns the position along the axis, in cells, of a value. */
  private int place(int index, Values map) {
    return axis == Axis.ROWS ? pass.row(index, map) : pass.column(index, map);
  }
}
