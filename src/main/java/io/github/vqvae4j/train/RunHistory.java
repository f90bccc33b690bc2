package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.UsageWindow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a run has reported so far: its last step, the recent usage of codebooks, evaluations. */
final class RunHistory {
  /** The number of steps in the code usage of reports. */
  private static final int USAGE_WINDOW = 100;

  /** A saved window of usage; the counts are an array. */
  private record Window(String codebook, int size, int batches) {}

  /** The scalars of a saved history. */
  private record Saved(
      List<SavedReports.OfObjective> objectives,
      List<Window> windows,
      List<String> batchUsage,
      long step,
      int evaluations,
      String examplesPerSecond,
      String seconds,
      long examples,
      long nanos) {}

  private final long start = System.nanoTime();
  private final Map<String, UsageWindow> windows = new LinkedHashMap<>();
  private final List<Evaluation> evaluations = new ArrayList<>();
  private final Stopwatch stopwatch = new Stopwatch();

  /** The duration before the run was resumed. */
  private double secondsBefore;

  private StepReport last;

  /** The checkpoint from which the run was resumed; null for none. */
  private Path checkpoint;

  /** Returns the checkpoint from which the run was resumed; empty if there is none. */
  Optional<Path> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  /** Returns the last completed step; null before the first. */
  StepReport last() {
    return last;
  }

  List<Evaluation> evaluations() {
    return evaluations;
  }

  Stopwatch stopwatch() {
    return stopwatch;
  }

  double seconds() {
    return secondsBefore + (System.nanoTime() - start) / 1e9;
  }

  /** Adds a step that ends now, and returns its report. */
  StepReport addStep(
      long steps, int examples, List<ObjectiveReport> objectives, List<CodebookUsage> usage) {
    addUsage(usage);
    stopwatch.stop(examples);
    return new StepReport(
        last == null ? 1 : last.step() + 1,
        steps,
        List.copyOf(objectives),
        List.copyOf(usage),
        windowUsage(),
        stopwatch.recentExamplesPerSecond());
  }

  void setLast(StepReport report) {
    last = report;
  }

  /** Adds the usage of a step; codebooks that were not used in it have an empty one. */
  private void addUsage(List<CodebookUsage> usage) {
    usage.forEach(
        u ->
            windows.computeIfAbsent(
                u.name(), name -> new UsageWindow(USAGE_WINDOW, u.usage().codebookSize())));
    windows.forEach((name, window) -> window.add(CodebookUsage.find(usage, name, window.usage())));
  }

  private List<CodebookUsage> windowUsage() {
    return windows.entrySet().stream()
        .map(window -> new CodebookUsage(window.getKey(), window.getValue().usage()))
        .toList();
  }

  /** Adds the history of a run that has completed a step. */
  void save(SavedState state) {
    List<Window> saved = new ArrayList<>();
    windows.forEach(
        (name, window) -> {
          int size = window.usage().codebookSize();
          state.putUsage(windowName(saved.size()), window.batches(), size);
          saved.add(new Window(name, size, window.batches().size()));
        });
    state.put(
        "history",
        new Saved(
            last.objectives().stream().map(SavedReports.OfObjective::of).toList(),
            saved,
            last.batchUsage().stream().map(CodebookUsage::name).toList(),
            last.step(),
            evaluations.size(),
            String.valueOf(last.examplesPerSecond()),
            String.valueOf(seconds()),
            stopwatch.examples(),
            stopwatch.nanos()));
    for (int i = 0; i < evaluations.size(); i++) {
      state.put(evaluationName(i), SavedReports.OfEvaluation.of(evaluations.get(i)));
      List<CodebookUsage> usage = evaluations.get(i).usage();
      for (int j = 0; j < usage.size(); j++) {
        CodeUsage counts = usage.get(j).usage();
        state.putUsage(usageName(i, j), List.of(counts), counts.codebookSize());
      }
    }
  }

  private static String windowName(int index) {
    return "usage/" + index;
  }

  private static String evaluationName(int index) {
    return "evaluation." + index;
  }

  private static String usageName(int evaluation, int codebook) {
    return "evaluation/" + evaluation + "/usage/" + codebook;
  }

  /** Returns the step of a saved history. */
  static long step(SavedState state) throws BadFileException {
    return state.get("history", Saved.class).step;
  }

  /**
   * Restores a saved history.
   *
   * @param steps the number of steps of the resumed run
   */
  void restore(SavedState state, long steps) throws BadFileException {
    Saved saved = state.get("history", Saved.class);
    List<CodebookUsage> batch = new ArrayList<>();
    for (int i = 0; i < saved.windows.size(); i++) {
      Window window = saved.windows.get(i);
      List<CodeUsage> batches = state.usage(windowName(i), window.batches, window.size);
      UsageWindow restored = new UsageWindow(USAGE_WINDOW, window.size);
      batches.forEach(restored::add);
      windows.put(window.codebook, restored);
      if (saved.batchUsage.contains(window.codebook)) {
        batch.add(new CodebookUsage(window.codebook, batches.get(batches.size() - 1)));
      }
    }
    for (int i = 0; i < saved.evaluations; i++) {
      SavedReports.OfEvaluation evaluation =
          state.get(evaluationName(i), SavedReports.OfEvaluation.class);
      List<CodebookUsage> usage = new ArrayList<>();
      for (int j = 0; j < evaluation.codebooks().size(); j++) {
        SavedReports.Codebook codebook = evaluation.codebooks().get(j);
        CodeUsage counts = state.usage(usageName(i, j), 1, codebook.size()).get(0);
        usage.add(new CodebookUsage(codebook.name(), counts));
      }
      evaluations.add(evaluation.report(usage));
    }
    last =
        new StepReport(
            saved.step,
            steps,
            saved.objectives.stream().map(SavedReports.OfObjective::report).toList(),
            List.copyOf(batch),
            windowUsage(),
            Double.parseDouble(saved.examplesPerSecond));
    checkpoint = state.file();
    secondsBefore = Double.parseDouble(saved.seconds);
    stopwatch.resume(saved.examples, saved.nanos);
  }
}
