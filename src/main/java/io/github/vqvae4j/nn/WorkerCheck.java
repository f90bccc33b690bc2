package io.github.vqvae4j.nn;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Checks that workers with shares of a batch compute what one worker computes with the whole batch;
 * see {@link BlockCheck#checkWorkers}.
 */
final class WorkerCheck {
  private static final double TOLERANCE = 1e-6;
  private static final String OUTPUT = "output";

  /** What a worker computes: arrays to be concatenated, arrays to be added, and updates. */
  private record Result(
      Map<String, double[]> parts, Map<String, double[]> sums, StateUpdates updates) {}

  private final Block block;
  private final Function<List<Tensor>, Tensor> computation;
  private final CheckInputs inputs;
  private final int examples;

  WorkerCheck(
      Block block, Function<List<Tensor>, Tensor> computation, CheckInputs inputs, int examples) {
    this.block = block;
    this.computation = computation;
    this.inputs = inputs;
    this.examples = examples;
  }

  void check() {
    Map<String, double[]> values = new LinkedHashMap<>();
    block.variables().forEach((name, variable) -> values.put(name, variable.toDoubles()));
    Runnable restore = () -> values.forEach((name, v) -> block.variables().get(name).set(v));
    Map<String, double[]> one;
    Map<String, double[]> two;
    try {
      one = run(1);
      restore.run();
      two = run(2);
    } finally {
      restore.run();
    }
    compare(OUTPUT, one.get(OUTPUT), two.get(OUTPUT)); // the first to differ
    one.forEach((name, expected) -> compare(name, expected, two.get(name)));
  }

  private Map<String, double[]> run(int size) {
    List<Result> results = Arrays.asList(new Result[size]);
    try (Workers workers = new Workers(size)) {
      workers.run(worker -> results.set(worker.rank(), pass(worker)));
    }
    results.stream().map(Result::updates).reduce(StateUpdates::merge).orElseThrow().run();
    Map<String, double[]> all = new LinkedHashMap<>();
    for (Result result : results) {
      result.parts.forEach((name, part) -> all.merge(name, part, WorkerCheck::concatenated));
      result.sums.forEach((name, addend) -> all.merge(name, addend, WorkerCheck::added));
    }
    block
        .variables()
        .forEach((name, variable) -> all.put(name + " after the step", variable.toDoubles()));
    return all;
  }

  private Result pass(Communicator worker) {
    int half = (examples + 1) / 2;
    int first = worker.rank() == 0 ? 0 : half;
    int count = (worker.rank() == worker.size() - 1 ? examples : half) - first;
    Map<String, double[]> parts = new LinkedHashMap<>();
    Map<String, double[]> sums = new LinkedHashMap<>();
    try (Step step = Step.training(new RngKey(1, 0, first), worker)) {
      List<Tensor> tensors = inputs.share(step, first, count, examples);
      Tensor output = computation.apply(tensors);
      double weight = (double) count / examples;
      double[] values = output.toDoubles();
      boolean isPerExample = output.size(0) == count;
      if (isPerExample) {
        parts.put(OUTPUT, values);
      } else {
        sums.put(OUTPUT, Arrays.stream(values).map(v -> v * weight).toArray());
      }
      long offset = isPerExample ? output.length() / count * first : 0;
      Tensor loss = BlockCheck.loss(output, tensors, offset);
      (isPerExample ? loss : loss.mul(weight)).backward();
      for (int i = 0; i < tensors.size(); i++) {
        if (CheckInputs.isReal(tensors.get(i))) {
          parts.put("gradient of input " + i, tensors.get(i).gradient().toDoubles());
        }
      }
      for (Parameter parameter : block.parameters()) {
        Tensor gradient = step.gradient(parameter);
        if (gradient != null) {
          sums.put("gradient of " + parameter.name(), gradient.toDoubles());
        }
      }
      return new Result(parts, sums, step.drainCommits());
    }
  }

  private static double[] concatenated(double[] first, double[] second) {
    return Stream.of(first, second).flatMapToDouble(DoubleStream::of).toArray();
  }

  private static double[] added(double[] first, double[] second) {
    double[] sum = first.clone();
    Arrays.setAll(sum, i -> first[i] + second[i]);
    return sum;
  }

  private void compare(String name, double[] expected, double... actual) {
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - actual[i]) <= TOLERANCE * Math.max(1, Math.abs(expected[i])))) {
        throw new AssertionError(
            "BlockCheck.checkWorkers: "
                + BlockCheck.name(block)
                + ": "
                + name
                + " at element "
                + i
                + ": expected "
                + expected[i]
                + " (one worker), got "
                + actual[i]
                + " (two workers, each with a share of the examples). Exchange sums over the"
                + " examples of a batch with step.sumOverWorkers(..), and register sums instead of"
                + " means in step.onCommit(..).");
      }
    }
  }
}
