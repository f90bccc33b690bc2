package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Contenders in turn on one setting, one more place further in each round (A B C, B C A, ..), so
 * that nobody always runs first. Who fails once is out.
 */
final class Rounds {
  private record Key(Contender contender, Side side) {
    @Override
    public String toString() {
      return contender.name() + " (" + side.layout() + ")";
    }
  }

  private final ChildProcess processes;
  private final Setting setting;
  private final boolean cold;
  private final Map<Key, List<ChildProcess.Outcome>> outcomes = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * Runs them.
   *
   * @param cold whether each process finds no extracted natives
   * @throws IOException if a folder for natives cannot be made
   */
  Rounds(
      ChildProcess processes,
      Setting setting,
      List<Contender> contenders,
      int rounds,
      boolean cold,
      PrintStream progress)
      throws IOException {
    this.processes = processes;
    this.setting = setting;
    this.cold = cold;
    for (Contender contender : contenders) {
      contender.sides().forEach(side -> outcomes.put(new Key(contender, side), new ArrayList<>()));
    }
    List<Key> order = new ArrayList<>(outcomes.keySet());
    for (int round = 1; round <= rounds; round++) {
      for (Key key : order) {
        if (outcomes.containsKey(key)) {
          progress.printf("%s, round %d: %s %s%n", setting, round, key, outcome(key));
        }
      }
      Collections.rotate(order, -1);
    }
  }

  /** Measures, and tells what came of it. */
  private String outcome(Key key) throws IOException {
    Path natives = cold ? Files.createTempDirectory("natives") : processes.natives(key.side());
    try {
      ChildProcess.Outcome outcome = processes.run(key.contender(), key.side(), setting, natives);
      outcomes.get(key).add(outcome);
      return outcome.toString();
    } catch (IOException e) {
      outcomes.remove(key);
      failures.add(key + ": " + setting);
      return "failed: " + e.getMessage();
    } finally {
      if (cold) {
        Main.delete(natives);
      }
    }
  }

  /** Who failed in what. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** A row for each of some contenders, of those that ran here, beside us. */
  List<Row> rows(String name, Quantity quantity, List<Contender> contenders) {
    Key us = new Key(Contender.OURS, Side.OURS);
    Map<Contender, Row> best = new LinkedHashMap<>();
    for (Key key : outcomes.keySet()) {
      if (contenders.contains(key.contender()) && outcomes.containsKey(us)) {
        Row row = row(name, quantity, values(us, quantity), key);
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
        ratios,
        Arithmetic.megaflops(setting));
  }

  private List<Double> values(Key key, Quantity quantity) {
    return outcomes.get(key).stream().map(outcome -> quantity.of(outcome, setting)).toList();
  }
}
