package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Contenders in turn, A B A B, on one setting. */
final class Rounds {
  private record Key(Contender contender, Side side) {}

  private final Setting setting;
  private final Map<Key, List<ChildProcess.Outcome>> outcomes = new LinkedHashMap<>();

  /**
   * Runs them.
   *
   * @param cold whether each process finds no extracted natives
   * @throws IOException if a process fails
   */
  Rounds(
      ChildProcess processes,
      Setting setting,
      List<Contender> contenders,
      int rounds,
      boolean cold,
      PrintStream progress)
      throws IOException {
    this.setting = setting;
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : contenders) {
        for (Side side : contender.sides()) {
          ChildProcess.Outcome outcome =
              cold ? cold(processes, contender, side) : processes.run(contender, side, setting);
          outcomes.computeIfAbsent(new Key(contender, side), k -> new ArrayList<>()).add(outcome);
          progress.printf(
              Locale.ROOT,
              "%s, batch %d, K %d, %dx%d, round %d: %s (%s) %.1f ms, %.0f MiB, %.1f s in all%n",
              setting.task().text(),
              setting.batch(),
              setting.codebookSize(),
              setting.imageSize(),
              setting.imageSize(),
              round,
              contender.name(),
              side.layout(),
              outcome.measurement().seconds() * 1e3,
              outcome.measurement().peakMebibytes(),
              outcome.secondsFromStart());
        }
      }
    }
  }

  private ChildProcess.Outcome cold(ChildProcess processes, Contender contender, Side side)
      throws IOException {
    Path cache = Files.createTempDirectory("natives");
    try {
      return processes.run(contender, side, setting, cache);
    } finally {
      Main.delete(cache);
    }
  }

  /** A row for each contender but ours. */
  List<Row> rows(String name, Quantity quantity) {
    List<Double> ours = values(new Key(Contender.OURS, Side.OURS), quantity);
    Map<Contender, Row> best = new LinkedHashMap<>();
    for (Key key : outcomes.keySet()) {
      if (key.contender() != Contender.OURS) {
        Row row = row(name, quantity, ours, key);
        Row before = best.get(key.contender());
        if (before == null || quantity.isBetter(row.theirs(), before.theirs())) {
          best.put(key.contender(), row);
        }
      }
    }
    return List.copyOf(best.values());
  }

  private Row row(String name, Quantity quantity, List<Double> ours, Key key) {
    List<Double> theirs = values(key, quantity);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    return new Row(
        name,
        setting.batch(),
        setting.codebookSize(),
        setting.imageSize(),
        Clock.median(ours),
        key.contender().name(),
        key.side().layout(),
        Clock.median(theirs),
        Clock.median(ratios),
        quantity.unit(),
        ratios);
  }

  private List<Double> values(Key key, Quantity quantity) {
    return outcomes.get(key).stream().map(outcome -> quantity.of(outcome, setting)).toList();
  }
}
