package io.github.vqvae4j.examples;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A fault that was put into the signals of {@link MachineSensors}.
 *
 * @param kind what goes wrong
 * @param strength 1 for the strongest
 * @param from its first sample
 * @param to one past its last
 */
record Fault(Kind kind, double strength, int from, int to) {
  private static final double[] STRENGTHS = {1, 0.5, 0.25};

  /** What can go wrong. */
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

    /** The channel that it is in. */
    int channel() {
      return channel;
    }
  }

  /** Faults of each kind and of three strengths, in random order, well apart over a stretch. */
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
      int from = i * slot + slot / 4 + random.nextInt(slot / 4);
      double strength = STRENGTHS[order.get(i) % STRENGTHS.length];
      faults.add(new Fault(kind, strength, from, from + kind.samples));
    }
    return faults;
  }

  /** Whether a time lies in it. */
  boolean covers(int time) {
    return time >= from && time < to;
  }

  /** Kind and strength: {@code drift x 0.5}. */
  String name() {
    return String.format(Locale.ROOT, "%s x %.2g", kind.name().toLowerCase(Locale.ROOT), strength);
  }
}
