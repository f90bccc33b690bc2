package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.series.Series;
import java.util.List;
import java.util.Random;

/**
 * Simulates four sensors of a machine at 1,000 samples per second: vibration in two directions,
 * motor current and pressure. All signals depend on a common rotation, whose speed varies slowly
 * between about 18 and 32 revolutions per second, and on a common load.
 */
final class MachineSensors {
  static final int RATE = 1_000;
  static final List<String> CHANNELS =
      List.of("vibration x, mm/s", "vibration y, mm/s", "current, A", "pressure, kPa");

  private static final double VIBRATION_HERTZ = 137;

  private final Random random;
  private final double[] slow = new double[2];
  private double revolutions;

  private MachineSensors(long seed) {
    random = new Random(seed);
  }

  /** Simulates a number of samples with these faults. */
  static Series measure(int time, List<Fault> faults, long seed) {
    MachineSensors machine = new MachineSensors(seed);
    float[] samples = new float[time * CHANNELS.size()];
    for (int t = 0; t < time; t++) {
      machine.sample(t, faults, samples);
    }
    return Series.of(samples, CHANNELS.size(), RATE);
  }

  private void sample(int t, List<Fault> faults, float[] samples) {
    // Two slow mean-reverting random walks with standard deviations of about 1.
    for (int i = 0; i < slow.length; i++) {
      slow[i] += -slow[i] / (4.0 * RATE) + random.nextGaussian() * Math.sqrt(2 / (4.0 * RATE));
    }
    revolutions += (25 + 7 * Math.tanh(slow[0] / 2)) / RATE;
    double load = 1 + 0.4 * Math.tanh(slow[1]);
    double angle = 2 * Math.PI * revolutions;
    double[] values = {
      load * (Math.sin(angle) + 0.4 * Math.sin(2 * angle + 0.6) + 0.2 * Math.sin(3 * angle)),
      load * (0.8 * Math.cos(angle) + 0.35 * Math.sin(2 * angle + 1.9)),
      12 + 3 * load + 1.2 * load * Math.sin(2 * angle),
      300 + 25 * load + 8 * Math.sin(angle - 1)
    };
    double[] noise = {0.08, 0.08, 0.15, 1.5};
    for (int c = 0; c < values.length; c++) {
      values[c] += noise[c] * random.nextGaussian();
    }
    for (Fault fault : faults) {
      if (fault.covers(t)) {
        apply(fault, t, load, angle, values);
      }
    }
    for (int c = 0; c < values.length; c++) {
      samples[t * values.length + c] = (float) values[c];
    }
  }

  private static void apply(Fault fault, int t, double load, double angle, double... values) {
    int channel = fault.kind().channel();
    double strength = fault.strength();
    double progress = (t - fault.start()) / (double) (fault.end() - fault.start());
    switch (fault.kind()) {
      case SPIKE -> values[channel] += 6 * strength;
      // Attenuates the signal; to 0 at strength 1.
      case DROPOUT -> values[channel] *= 1 - strength;
      case DRIFT -> values[channel] += 60 * strength * progress;
      case VIBRATION ->
          values[channel] += 0.8 * strength * Math.sin(2 * Math.PI * VIBRATION_HERTZ * t / RATE);
      // Delays the first harmonic, by half a revolution at strength 1.
      case PHASE ->
          values[channel] += 0.8 * load * (Math.cos(angle - Math.PI * strength) - Math.cos(angle));
    }
  }
}
