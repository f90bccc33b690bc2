package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The results of a training pass, or of several on parts of a batch. The loss is sum(upstream *
 * values) + the weighted terms, each a mean over the batch.
 */
record QuantizerPass(
    int[] codes,
    double[] values,
    List<Double> terms,
    double[] toLatents,
    Map<String, double[]> toParameters,
    StateUpdates updates) {
  /** Quantizes some examples of a batch. */
  static QuantizerPass of(
      QuantizerCase test,
      Quantizer quantizer,
      QuantizerOracle.Batch batch,
      Communicator worker,
      int first,
      int examples) {
    int length = batch.places() * quantizer.dimension();
    double share = examples * (double) length / batch.latents().length;
    int from = first * length;
    int to = from + examples * length;
    RngKey key = new RngKey(batch.key().seed(), batch.key().step(), first);
    try (Step step = Step.training(key, worker)) {
      double[] part = Arrays.copyOfRange(batch.latents(), from, to);
      Tensor latents = test.latents(step, part, batch.places(), quantizer).requireGradient();
      Quantized quantized = quantizer.quantize(latents);
      double[] upstream = Arrays.copyOfRange(batch.upstream(), from, to);
      Tensor dy = step.tensor(upstream, latents.shape()).to(test.dtype());
      Tensor loss = quantized.quantized().mul(dy).sum();
      if (!quantized.terms().isEmpty()) {
        loss = loss.add(LossTerm.total(quantized.terms()).mul(share));
      }
      loss.backward();
      return new QuantizerPass(
          quantized.codes().toInts(),
          quantized.quantized().toDoubles(),
          quantized.terms().stream().map(term -> term.value().item() * share).toList(),
          latents.gradient().toDoubles(),
          gradients(quantizer, step),
          step.drainCommits());
    }
  }

  /** Returns the formulas' results for this pass, which was one on some examples of a batch. */
  QuantizerPass expected(
      QuantizerCase test, Quantizer quantizer, QuantizerOracle.Batch batch, int first) {
    int from = first * batch.places() * quantizer.dimension();
    int to = from + values.length;
    double share = values.length / (double) batch.latents().length;
    QuantizerOracle.Batch part =
        new QuantizerOracle.Batch(
            new RngKey(batch.key().seed(), batch.key().step(), first),
            Arrays.copyOfRange(batch.latents(), from, to),
            batch.places(),
            scaled(1 / share, Arrays.copyOfRange(batch.upstream(), from, to)),
            batch.draw());
    QuantizerOracle.Expected expected = test.oracle().train(quantizer, part);
    Map<String, double[]> parameters = new TreeMap<>();
    expected.toParameters().forEach((name, dw) -> parameters.put(name, scaled(share, dw)));
    return new QuantizerPass(
        expected.codes(),
        expected.values(),
        expected.terms().stream().map(term -> term * share).toList(),
        scaled(share, expected.toLatents()),
        parameters,
        updates);
  }

  private static double[] scaled(double factor, double... values) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  private static Map<String, double[]> gradients(Quantizer quantizer, Step step) {
    Map<String, double[]> gradients = new TreeMap<>();
    for (Parameter parameter : quantizer.parameters()) {
      gradients.put(parameter.name(), step.gradient(parameter).toDoubles());
    }
    return gradients;
  }

  /** Joins the results of this part and of the examples that follow it. */
  QuantizerPass plus(QuantizerPass next) {
    Map<String, double[]> sums = new TreeMap<>(toParameters);
    next.toParameters.forEach((name, gradient) -> sums.merge(name, gradient, (a, b) -> sum(a, b)));
    return new QuantizerPass(
        IntStream.concat(Arrays.stream(codes), Arrays.stream(next.codes)).toArray(),
        concat(values, next.values),
        IntStream.range(0, terms.size()).mapToObj(i -> terms.get(i) + next.terms.get(i)).toList(),
        concat(toLatents, next.toLatents),
        sums,
        updates.merge(next.updates));
  }

  private static double[] concat(double[] a, double... b) {
    return DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }

  private static double[] sum(double[] a, double... b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
  }
}
