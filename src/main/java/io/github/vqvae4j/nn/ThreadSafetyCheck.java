package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Checks that several threads can run a block concurrently; see {@link
 * BlockCheck#checkThreadSafety}.
 */
final class ThreadSafetyCheck {
  private static final String REMEDY =
      ". Several threads may run a block concurrently: keep intermediate results in local"
          + " variables, not in fields or in arrays and collections held by fields. Keep state that"
          + " training updates in a buffer, and update it in step.onCommit(..).";

  /** An output or gradient of a block. */
  private record Result(Object source, double[] values) {}

  /** A pass and its results; observes its step. */
  static class Pass implements Step.Observer {
    private final boolean training;
    private final int extraExamples;
    private final List<Result> results = new ArrayList<>();

    Pass(boolean training, int extraExamples) {
      this.training = training;
      this.extraExamples = extraExamples;
    }

    boolean training() {
      return training;
    }

    /**
     * Returns the number of examples added to the batch of the input shapes; the inputs differ,
     * too.
     */
    int extraExamples() {
      return extraExamples;
    }

    @Override
    public void afterLayer(Object source, Tensor output) {
      results.add(new Result(source, output.toDoubles()));
    }
  }

  /** A pass during which another thread runs passes. */
  private final class Interleaved extends Pass {
    private final ExecutorService other;
    private final List<Pass> expected;
    private Object layer = block;
    private int useCount;

    Interleaved(boolean training, ExecutorService other, List<Pass> expected) {
      super(training, 0);
      this.other = other;
      this.expected = expected;
    }

    @Override
    public void beforeOperation(Object newLayer) {
      layer = newLayer == null ? block : newLayer;
      Pass alone = expected.get(useCount++ % expected.size());
      Pass concurrent = new Pass(alone.training(), alone.extraExamples());
      try {
        other.submit(() -> run.accept(concurrent)).get();
      } catch (ExecutionException e) {
        throw failed(layer, e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("BlockCheck.checkThreadSafety: interrupted.", e);
      }
      compare(alone, concurrent);
    }
  }

  private final Block block;
  private final Consumer<Pass> run;

  ThreadSafetyCheck(Block block, Consumer<Pass> run) {
    this.block = block;
    this.run = run;
  }

  void check() {
    FieldSnapshot snapshot = new FieldSnapshot(block);
    List<Pass> first = runAlone(0);
    List<Pass> second = runAlone(1);
    snapshot
        .firstChange()
        .ifPresent(
            field -> {
              throw new AssertionError(
                  "BlockCheck.checkThreadSafety: a pass modified the field " + field + REMEDY);
            });
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (Pass alone : first) {
        Interleaved interleaved = new Interleaved(alone.training(), other, second);
        try {
          run.accept(interleaved);
        } catch (RuntimeException e) {
          throw failed(interleaved.layer, e);
        }
        compare(alone, interleaved);
      }
    } finally {
      other.shutdown();
    }
  }

  private List<Pass> runAlone(int extraExamples) {
    List<Pass> passes = List.of(new Pass(false, extraExamples), new Pass(true, extraExamples));
    passes.forEach(run);
    return passes;
  }

  private static AssertionError failed(Object layer, Throwable cause) {
    if (cause instanceof AssertionError error) {
      return error;
    }
    return new AssertionError(
        "BlockCheck.checkThreadSafety: "
            + BlockCheck.name(layer)
            + " failed while another thread was running it, but not when run alone: "
            + cause
            + REMEDY,
        cause);
  }

  private void compare(Pass alone, Pass concurrent) {
    for (int i = 0; i < Math.min(alone.results.size(), concurrent.results.size()); i++) {
      Result expected = alone.results.get(i);
      if (!Arrays.equals(expected.values, concurrent.results.get(i).values)) {
        throw differs(expected.source);
      }
    }
    if (alone.results.size() != concurrent.results.size()) {
      throw differs(block);
    }
  }

  private static AssertionError differs(Object source) {
    return new AssertionError(
        "BlockCheck.checkThreadSafety: "
            + BlockCheck.name(source)
            + " produced a different output or gradient while another thread was running it than when"
            + " run alone"
            + REMEDY);
  }
}
