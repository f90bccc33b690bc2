package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Series;
import io.github.vqvae4j.io.Counts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** When a score was above a threshold. */
final class Alarms {
  private static final int MOST = 10;

  /**
   * One of them.
   *
   * @param from its first sample
   * @param to one past its last
   * @param highest score in it
   */
  record Alarm(int from, int to, double highest) {
    boolean overlaps(Fault fault) {
      return from < fault.to() && fault.from() < to;
    }
  }

  private Alarms() {}

  /**
   * Finds them.
   *
   * @param score of one channel
   * @param gap scores below the threshold for fewer samples than these do not end an alarm
   */
  static List<Alarm> of(Series score, double threshold, int gap) {
    float[] values = score.samples();
    List<Alarm> alarms = new ArrayList<>();
    for (int t = 0; t < values.length; t++) {
      if (values[t] > threshold) {
        Alarm last = alarms.isEmpty() ? null : alarms.get(alarms.size() - 1);
        if (last != null && t - last.to() < gap) {
          double highest = Math.max(last.highest(), values[t]);
          alarms.set(alarms.size() - 1, new Alarm(last.from(), t + 1, highest));
        } else {
          alarms.add(new Alarm(t, t + 1, values[t]));
        }
      }
    }
    return alarms;
  }

  /**
   * Lines for the user, of the highest ones.
   *
   * @param samples that were looked at
   */
  static String table(List<Alarm> alarms, int samples, Timeline time) {
    StringBuilder table = new StringBuilder();
    alarms.stream()
        .sorted(Comparator.comparingDouble(Alarm::highest).reversed())
        .limit(MOST)
        .forEach(
            a ->
                table.append(
                    String.format(
                        Locale.ROOT,
                        "%s: score %.1f%n",
                        time.stretch(a.from(), a.to()),
                        a.highest())));
    return table + Counts.of(alarms.size(), "alarm") + " in " + time.whole(samples);
  }
}
