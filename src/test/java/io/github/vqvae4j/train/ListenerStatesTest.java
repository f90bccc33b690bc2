package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What listeners remember survives a resume. */
class ListenerStatesTest {
  private static final Source<int[]> DATA = Numbers.source(20);
  private static final Dataset IMAGES = Shapes.rectangles(200, 8, 1, 1);

  @TempDir Path folder;

  /** Counts steps of some intervals. */
  private static final class Counter implements TrainingListener {
    private final long every;
    private int count;

    Counter(long every) {
      this.every = every;
    }

    @Override
    public void onStart(TrainingRun run) {
      count = 0;
    }

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      if (report.step() % every == 0) {
        count++;
      }
    }

    @Override
    public Map<String, NamedArray> state() {
      return Map.of("count", NamedArray.of(new int[] {count}));
    }

    @Override
    public void restore(Map<String, NamedArray> state) {
      if (!state.keySet().equals(Set.of("count"))) {
        throw new IllegalArgumentException("Counter: got " + state.keySet());
      }
      count = state.get("count").ints()[0];
    }
  }

  @Test
  void eachListenerGetsItsOwnState() throws IOException {
    Path file = folder.resolve("7");
    try (Numbers model = new Numbers()) {
      Trainer.of(model)
          .batch(4)
          .workers(1)
          .steps(20)
          .quiet()
          .listener(new Counter(2))
          .listener(new CodebookMonitor())
          .listener(new Counter(3))
          .listener(new Runs(file, 7))
          .fit(DATA);
      Counter two = new Counter(2);
      Counter three = new Counter(3);
      Counter added = new Counter(1);
      Trainer.resume(file, model)
          .quiet()
          .listener(two)
          .listener(new ProgressLog())
          .listener(three)
          .listener(added)
          .fit(DATA);
      assertEquals(10, two.count);
      assertEquals(6, three.count);
      assertEquals(13, added.count, "not known to the checkpoint");
    }
  }

  @Test
  void statesOfOtherListenersAreRefused() throws IOException {
    Path file = folder.resolve("7");
    try (Numbers model = new Numbers()) {
      Trainer.of(model)
          .batch(4)
          .steps(20)
          .quiet()
          .listener(new Counter(2))
          .listener(new Runs(file, 7))
          .fit(DATA);
      SavedState state = Checkpoint.read(file);
      SavedState changed =
          new SavedState(
              file,
              state.metadata(),
              Map.of("listener/Counter/1/other", NamedArray.of(new int[1])));
      assertMessageContains(
          assertThrows(
              IOException.class, () -> ListenerStates.restore(List.of(new Counter(1)), changed)),
          file.toString(),
          "got [other]");
    }
  }

  private static VqVae collapsing() {
    return Shapes.model(
        1,
        3,
        VectorQuantizer.gradient(400, 4)
            .init(Initialization.NORMAL)
            .codebookWeight(0)
            .commitmentWeight(10)
            .deadCodeThreshold(0));
  }

  private static CodebookMonitor monitor() {
    return new CodebookMonitor(CodebookMonitorConfig.DEFAULT.warmUp(0).window(20).growth(1.001));
  }

  /** Returns the warnings and the last report of a run of 60 steps that is resumed after some. */
  private List<String> warnings(int... parts) throws IOException {
    List<String> warnings = new ArrayList<>();
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      Path file = folder.resolve("0");
      CodebookMonitor monitor = monitor();
      try (VqVae model = collapsing()) {
        Trainer.of(model)
            .optimizer(Adam.rate(2e-3))
            .batch(16)
            .workers(1)
            .steps(60)
            .quiet()
            .listener(monitor)
            .listener(new Runs(file, parts[0]))
            .fit(IMAGES);
      }
      for (int i = 1; i < parts.length; i++) {
        monitor = monitor();
        Trainer<ImageBatch> resumed = Trainer.resume(file).quiet();
        file = folder.resolve(String.valueOf(i));
        resumed.listener(monitor).listener(new Runs(file, parts[i])).fit(IMAGES);
      }
      warnings.addAll(log.warnings());
      warnings.add(monitor.report().toString());
    }
    return warnings;
  }

  @Test
  void codebookMonitorWarnsAsInOneRun() throws IOException {
    List<String> expected = warnings(60);
    assertEquals(expected, warnings(10, 60), "before the first warning");
    assertEquals(expected, warnings(20, 30, 45, 60), "after it");
    assertTrue(expected.size() > 1, expected::toString);
  }

  /** Another window starts afresh. */
  @Test
  void codebookMonitorOfAnotherWindow() throws IOException {
    Path file = folder.resolve("30");
    try (VqVae model = collapsing()) {
      Trainer.of(model)
          .batch(16)
          .steps(60)
          .quiet()
          .listener(monitor())
          .listener(new Runs(file, 30))
          .fit(IMAGES);
      CodebookMonitor shorter = new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(10));
      Trainer.resume(file, model).steps(31).quiet().listener(shorter).fit(IMAGES);
      assertEquals(16 * 16, Arrays.stream(shorter.report().usage().counts()).sum());
    }
  }

  /** Arrays of other lengths and types are rejected, not used in part. */
  @Test
  void codebookMonitorRejectsOtherArrays() {
    CodebookMonitor monitor = monitor();
    try (VqVae model = collapsing()) {
      Trainer.of(model).batch(16).steps(2).quiet().listener(monitor).fit(IMAGES);
    }
    assertEquals(5, monitor.state().size());
    for (String name : monitor.state().keySet()) {
      for (NamedArray other :
          List.of(NamedArray.of(new int[1], 1), NamedArray.of(new double[1], 1))) {
        Map<String, NamedArray> changed = new LinkedHashMap<>(monitor.state());
        changed.put(name, other);
        assertMessageContains(
            assertThrows(
                IllegalArgumentException.class, () -> monitor().restore(changed), name + other),
            "CodebookMonitor.restore: expected");
      }
    }
  }
}
