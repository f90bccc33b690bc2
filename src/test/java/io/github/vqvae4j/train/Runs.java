package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A listener that writes a checkpoint after a step, stops the run there, and records losses. */
final class Runs implements TrainingListener {
  private final Path file;
  private final long lastStep;
  private final Map<Long, String> losses = new LinkedHashMap<>();

  Runs(Path file, long lastStep) {
    this.file = file;
    this.lastStep = lastStep;
  }

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    List<Double> values = new ArrayList<>();
    report
        .objectives()
        .forEach(
            o -> {
              values.add(o.loss().loss());
              values.add(o.gradientNorm());
              values.add(o.learningRate());
            });
    losses.put(report.step(), values + " " + report.windowUsage());
  }

  @Override
  public void onStepEnd(TrainingRun run, long step) {
    if (step == lastStep) {
      try {
        run.checkpoints().orElseThrow().snapshot(file).write();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      run.stop();
    }
  }

  /** Returns a listener that does something after a step, before an evaluation that is due. */
  static TrainingListener afterStep(long step, Consumer<TrainingRun> action) {
    return new TrainingListener() {
      @Override
      public void onStep(TrainingRun run, StepReport report) {
        if (report.step() == step) {
          action.accept(run);
        }
      }
    };
  }

  /** Returns a listener that does something at the end of a step, after its evaluation. */
  static TrainingListener atStepEnd(long step, Consumer<TrainingRun> action) {
    return new TrainingListener() {
      @Override
      public void onStepEnd(TrainingRun run, long ended) {
        if (ended == step) {
          action.accept(run);
        }
      }
    };
  }

  Map<Long, String> losses() {
    return losses;
  }

  /** Asserts that two checkpoints have the same content, apart from times. */
  static void assertSame(Path expected, Path actual) throws IOException {
    SavedState one = Checkpoint.read(expected);
    SavedState two = Checkpoint.read(actual);
    assertEquals(one.arrays().keySet(), two.arrays().keySet());
    one.arrays().forEach((name, array) -> assertEquals(array, two.arrays().get(name), name));
    assertEquals(one.metadata().keySet(), two.metadata().keySet());
    one.metadata()
        .forEach(
            (name, text) ->
                assertEquals(timeless(name, text), timeless(name, two.metadata().get(name)), name));
  }

  private static String timeless(String name, String text) {
    if (name.equals("vqvae4j.checksum")) {
      return "";
    }
    if (!name.equals("vqvae4j.history")) {
      return text;
    }
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    List.of("examplesPerSecond", "seconds", "nanos").forEach(json::remove);
    return json.toString();
  }
}
