package io.github.vqvae4j.examples;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A simulated fault in the signals of {@link MachineSensors}.
 *
 * @param kind the kind of fault
 * @param strength the strength, at most 1
 * @param start the index of the first sample
 * @param end the index after the last sample
 */
record Fault(Kind kind, double strength, int start, int end) {
  private static final double[] STRENGTHS = {1, 0.5, 0.25};

  /** The kinds of faults. */
  enum Kind {
    SPIKE(0, 4),
    DROPOUT(1, 200),
    DRIFT(3, 600),
    VIBRATION(0, 300),
    PHASE(1, 400);

    private final int channel;
    private final int samples;

    Kind(int channel, int samples) {
      this.channel = channel;
      this.samples = samples;
    }

    /** Returns the affected channel. */
    int channel() {
      return channel;
    }
  }

  /**
   * Returns faults of each kind in three strengths, in random order, separated from one another.
   */
  static List<Fault> each(int time, long seed) {
    int count = Kind.values().length * STRENGTHS.length;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      order.add(i);
    }
    Random random = new Random(seed);
    Collections.shuffle(order, random);
    int slot = time / count;
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Kind kind = Kind.values()[order.get(i) / STRENGTHS.length];
      int start = i * slot + slot / 4 + random.nextInt(slot / 4);
      double strength = STRENGTHS[order.get(i) % STRENGTHS.length];
      faults.add(new Fault(kind, strength, start, start + kind.samples));
    }
    return faults;
  }

  /** Returns whether the fault affects a sample. */
  boolean covers(int time) {
    return time >= start && time < end;
  }

  /** Returns the kind and strength: {@code drift x 0.5}. */
  String name() {
    return String.format(Locale.ROOT, "%s x %.2g", kind.name().toLowerCase(Locale.ROOT), strength);
  }
}
