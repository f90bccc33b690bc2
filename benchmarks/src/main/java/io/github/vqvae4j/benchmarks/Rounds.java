package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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

  private interface Measuring {
    ChildProcess.Outcome of(Key key) throws IOException;
  }

  private final Setting setting;
  private final PrintStream progress;
  private final Map<Key, List<ChildProcess.Outcome>> outcomes = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  private Rounds(Setting setting, List<Contender> contenders, PrintStream progress) {
    this.setting = setting;
    this.progress = progress;
    for (Contender contender : contenders) {
      contender.sides().forEach(side -> outcomes.put(new Key(contender, side), new ArrayList<>()));
    }
  }

  /** Turns of processes that stay, each warmed up before the first of them. */
  static Rounds ofTurns(
      Processes processes,
      Setting setting,
      List<Contender> contenders,
      Lengths lengths,
      PrintStream progress)
      throws IOException {
    Rounds rounds = new Rounds(setting, contenders, progress);
    Map<Key, ChildProcess> running = new HashMap<>();
    try {
      rounds.each(
          "warming up",
          0,
          key -> {
            Path natives = processes.natives(key.side());
            running.put(key, processes.child(key.contender(), key.side(), setting, natives));
            return running.get(key).turn(lengths.warmUp());
          });
      rounds.outcomes.values().forEach(List::clear);
      rounds.repeat(lengths.rounds(), key -> running.get(key).turn(lengths.turn()));
    } finally {
      for (ChildProcess process : running.values()) {
        process.close();
      }
    }
    return rounds;
  }

  /**
   * A new process in each round, of which the first repetition counts.
   *
   * @param cold whether each finds no extracted natives
   */
  static Rounds ofStarts(
      Processes processes,
      Setting setting,
      List<Contender> contenders,
      Lengths lengths,
      boolean cold,
      PrintStream progress)
      throws IOException {
    Rounds rounds = new Rounds(setting, contenders, progress);
    rounds.repeat(
        lengths.rounds(),
        key -> {
          Path natives =
              cold ? Files.createTempDirectory("natives") : processes.natives(key.side());
          try (ChildProcess process =
              processes.child(key.contender(), key.side(), setting, natives)) {
            return process.first();
          } finally {
            if (cold) {
              Main.delete(natives);
            }
          }
        });
    return rounds;
  }

  private void repeat(int times, Measuring measuring) {
    for (int round = 0; round < times; round++) {
      each("round " + (round + 1), round, measuring);
    }
  }

  /** Everybody once, beginning at a place in their order. */
  private void each(String name, int from, Measuring measuring) {
    List<Key> order = new ArrayList<>(outcomes.keySet());
    Collections.rotate(order, -from);
    for (Key key : order) {
      String told;
      try {
        ChildProcess.Outcome outcome = measuring.of(key);
        outcomes.get(key).add(outcome);
        told = outcome.toString();
      } catch (IOException e) {
        outcomes.remove(key);
        failures.add(key + ": " + setting);
        told = "failed: " + e.getMessage();
      }
      progress.printf("%s, %s: %s %s%n", setting, name, key, told);
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

  /** A figure of each round, of somebody with one side who did not fail. */
  List<Double> values(Contender contender, Quantity quantity) {
    return values(new Key(contender, contender.sides().get(0)), quantity);
  }

  private List<Double> values(Key key, Quantity quantity) {
    return outcomes.get(key).stream().map(outcome -> quantity.of(outcome, setting)).toList();
  }
}
