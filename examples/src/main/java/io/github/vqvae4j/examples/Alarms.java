package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.io.Counts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the intervals in which a score exceeds a threshold. */
final class Alarms {
  private static final int MAX_LINES = 10;

  /**
   * An interval in which the score exceeds the threshold.
   *
   * @param start the index of the first sample
   * @param end the index after the last sample
   * @param peak the highest score
   */
  record Alarm(int start, int end, double peak) {
    boolean overlaps(Fault fault) {
      return start < fault.end() && fault.start() < end;
    }
  }

  private Alarms() {}

  /**
   * Finds the alarms in a score.
   *
   * @param score a series with one channel
   * @param threshold the threshold
   * @param gap alarms with fewer samples than this between them are merged
   */
  static List<Alarm> of(Series score, double threshold, int gap) {
    float[] values = score.samples();
    List<Alarm> alarms = new ArrayList<>();
    for (int t = 0; t < values.length; t++) {
      if (values[t] > threshold) {
        Alarm last = alarms.isEmpty() ? null : alarms.get(alarms.size() - 1);
        if (last != null && t - last.end() < gap) {
          double peak = Math.max(last.peak(), values[t]);
          alarms.set(alarms.size() - 1, new Alarm(last.start(), t + 1, peak));
        } else {
          alarms.add(new Alarm(t, t + 1, values[t]));
        }
      }
    }
    return alarms;
  }

  /**
   * Formats the alarms with the highest scores, one per line.
   *
   * @param alarms the alarms
   * @param samples the number of samples searched
   * @param time the position of these samples in the file
   */
  static String table(List<Alarm> alarms, int samples, Timeline time) {
    StringBuilder table = new StringBuilder();
    alarms.stream()
        .sorted(Comparator.comparingDouble(Alarm::peak).reversed())
        .limit(MAX_LINES)
        .forEach(
            a ->
                table.append(
                    String.format(
                        Locale.ROOT,
                        "%s: score %.1f%n",
                        time.interval(a.start(), a.end()),
                        a.peak())));
    return table + Counts.of(alarms.size(), "alarm") + " in " + time.extent(samples);
  }
}
