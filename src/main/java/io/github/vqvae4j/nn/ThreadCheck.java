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

/** Finds out whether several threads may run a block at once: {@link BlockCheck#threads}. */
final class ThreadCheck {
  private static final String REMEDY =
      ". Several threads may run a block at once: keep what a pass computes in local variables, not"
          + " in fields or in what they hold; what training changes belongs in a buffer, written in"
          + " step.onCommit(..).";

  /** A result of a block. */
  private record Result(Object source, double[] values) {}

  /** A pass, and what came out of it; observes its step. */
  static class Pass implements Step.Observer {
    private final boolean training;
    private final int moreExamples;
    private final List<Result> results = new ArrayList<>();

    Pass(boolean training, int moreExamples) {
      this.training = training;
      this.moreExamples = moreExamples;
    }

    boolean training() {
      return training;
    }

    /** By how many its batch is larger than the shapes say; its inputs are others, too. */
    int moreExamples() {
      return moreExamples;
    }

    @Override
    public void computed(Object source, Tensor output) {
      results.add(new Result(source, output.toDoubles()));
    }
  }

  /** A pass during which another thread makes passes of its own. */
  private final class Interleaved extends Pass {
    private final ExecutorService other;
    private final List<Pass> expected;
    private Object layer = block;
    private int uses;

    Interleaved(boolean training, ExecutorService other, List<Pass> expected) {
      super(training, 0);
      this.other = other;
      this.expected = expected;
    }

    @Override
    public void using(Object newLayer) {
      layer = newLayer == null ? block : newLayer;
      Pass alone = expected.get(uses++ % expected.size());
      Pass now = new Pass(alone.training(), alone.moreExamples());
      try {
        other.submit(() -> run.accept(now)).get();
      } catch (ExecutionException e) {
        throw failed(layer, e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("BlockCheck.threads: the thread was interrupted.", e);
      }
      compare(alone, now);
    }
  }

  private final Block block;
  private final Consumer<Pass> run;

  ThreadCheck(Block block, Consumer<Pass> run) {
    this.block = block;
    this.run = run;
  }

  void check() {
    FieldValues before = new FieldValues(block);
    List<Pass> first = alone(0);
    List<Pass> second = alone(1);
    before
        .written()
        .ifPresent(
            field -> {
              throw new AssertionError(
                  "BlockCheck.threads: a pass wrote the field " + field + REMEDY);
            });
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (Pass alone : first) {
        Interleaved now = new Interleaved(alone.training(), other, second);
        try {
          run.accept(now);
        } catch (RuntimeException e) {
          throw failed(now.layer, e);
        }
        compare(alone, now);
      }
    } finally {
      other.shutdown();
    }
  }

  private List<Pass> alone(int moreExamples) {
    List<Pass> passes = List.of(new Pass(false, moreExamples), new Pass(true, moreExamples));
    passes.forEach(run);
    return passes;
  }

  private static AssertionError failed(Object layer, Throwable cause) {
    if (cause instanceof AssertionError error) {
      return error;
    }
    return new AssertionError(
        "BlockCheck.threads: "
            + BlockCheck.name(layer)
            + " failed while another thread ran it, but not by itself: "
            + cause
            + REMEDY,
        cause);
  }

  private void compare(Pass alone, Pass now) {
    for (int i = 0; i < Math.min(alone.results.size(), now.results.size()); i++) {
      Result expected = alone.results.get(i);
      if (!Arrays.equals(expected.values, now.results.get(i).values)) {
        throw differs(expected.source);
      }
    }
    if (alone.results.size() != now.results.size()) {
      throw differs(block);
    }
  }

  private static AssertionError differs(Object source) {
    return new AssertionError(
        "BlockCheck.threads: "
            + BlockCheck.name(source)
            + " gave another result, or gradient, while another thread ran it than by itself"
            + REMEDY);
  }
}
