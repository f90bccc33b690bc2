package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.examples.Alarms.Alarm;
import io.github.vqvae4j.metrics.RocCurve;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A table of the simulated faults and whether they were detected. */
final class FaultTable {
  private FaultTable() {}

  /** Formats the table. */
  static String of(Series score, List<Fault> faults, List<Alarm> alarms) {
    float[] scores = score.samples();
    StringBuilder table = new StringBuilder();
    line(table, "%-16s %8s %8s %8s  %s%n", "fault", "start, s", "ms", "score", "detected");
    long detected = 0;
    for (Fault fault : faults) {
      double peak =
          IntStream.range(fault.start(), fault.end())
              .mapToDouble(t -> scores[t])
              .max()
              .orElseThrow();
      Alarm alarm = alarms.stream().filter(a -> a.overlaps(fault)).findFirst().orElse(null);
      detected += alarm == null ? 0 : 1;
      line(
          table,
          "%-16s %8.2f %8d %8.1f  %s%n",
          fault.name(),
          fault.start() / score.samplingRate(),
          Math.round((fault.end() - fault.start()) * 1000 / score.samplingRate()),
          peak,
          alarm == null ? "no" : delay(fault, alarm, score.samplingRate()));
    }
    long falseAlarms = alarms.stream().filter(a -> faults.stream().noneMatch(a::overlaps)).count();
    line(
        table,
        "%d of %d faults detected, %d false alarms in %.0f s, AUC over all samples %.3f",
        detected,
        faults.size(),
        falseAlarms,
        score.length() / score.samplingRate(),
        RocCurve.of(scores(scores, faults, false), scores(scores, faults, true)).auc());
    return table.toString();
  }

  private static String delay(Fault fault, Alarm alarm, double rate) {
    long ms = Math.round(Math.max(0, alarm.start() - fault.start()) * 1000 / rate);
    return "after " + ms + " ms";
  }

  private static double[] scores(float[] scores, List<Fault> faults, boolean faulty) {
    return IntStream.range(0, scores.length)
        .filter(t -> faults.stream().anyMatch(f -> f.covers(t)) == faulty)
        .mapToDouble(t -> scores[t])
        .toArray();
  }

  private static void line(StringBuilder table, String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values));
  }
}
