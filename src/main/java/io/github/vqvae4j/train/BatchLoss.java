package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The loss of a model on a batch.
 *
 * <pre>{@code
 * BatchLoss loss = BatchLoss.of("crossEntropy", logits.crossEntropy(0, 3, 1));
 * BatchLoss penalized = loss.with("penalty", logits.square().mean(), 0.01);
 * BatchLoss withAccuracy = penalized.withMetric("accuracy", 0.67);
 * }</pre>
 *
 * @param terms the terms whose weighted sum is the loss, one or more with different names. Each is
 *     a mean over the examples of the batch, since batches and the shares of workers are averaged
 *     by their numbers of examples. A mean over other units, such as unmasked codes, depends on the
 *     batch size; with several workers, it is the quotient of two {@linkplain
 *     io.github.vqvae4j.tensor.Step#sumOverWorkers sums over the workers}
 * @param metrics means over the examples of the batch; reports average them over batches and the
 *     shares of workers
 * @param usage the usage of each of the model's codebooks in this batch
 */
public record BatchLoss(List<LossTerm> terms, List<Metric> metrics, List<CodebookUsage> usage) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there are no terms, if two terms, metrics or codebooks have
   *     the same name, or if a name is empty or one that reports use: {@code loss}, unless it is
   *     that of a single term with weight 1, {@code learningRate} and {@code gradientNorm}
   */
  public BatchLoss {
    terms = List.copyOf(terms);
    metrics = List.copyOf(metrics);
    usage = List.copyOf(usage);
    List<String> names =
        Stream.concat(terms.stream().map(LossTerm::name), metrics.stream().map(Metric::name))
            .toList();
    List<String> codebooks = usage.stream().map(CodebookUsage::name).toList();
    if (terms.isEmpty() || hasDuplicates(names) || hasDuplicates(codebooks)) {
      throw new IllegalArgumentException(
          "BatchLoss: expected one or more terms, and different names of terms and metrics and of"
              + " codebooks, got "
              + names
              + " and codebooks "
              + codebooks
              + ".");
    }
    boolean onlyTerm = terms.size() == 1 && terms.get(0).weight() == 1;
    checkNames(onlyTerm ? names.subList(1, names.size()) : names, Set.of(MetricNames.LOSS));
    checkNames(names, Set.of("", MetricNames.LEARNING_RATE, MetricNames.GRADIENT_NORM));
    checkNames(codebooks, Set.of(""));
  }

  private static void checkNames(List<String> names, Set<String> rejected) {
    for (String name : names) {
      if (rejected.contains(name)) {
        throw new IllegalArgumentException(
            "BatchLoss: expected names of terms, metrics and codebooks that are not empty and not"
                + " used by reports (loss, learningRate and gradientNorm; a single term of weight 1"
                + " can be called loss), got \""
                + name
                + "\" among "
                + names
                + ". Choose another name.");
      }
    }
  }

  private static boolean hasDuplicates(List<String> names) {
    return Set.copyOf(names).size() < names.size();
  }

  /**
   * Returns a loss of a single term with weight 1.
   *
   * @param name the name of the term
   * @param value its value, a scalar
   * @return the loss
   */
  public static BatchLoss of(String name, Tensor value) {
    return of(List.of(new LossTerm(name, value, 1)));
  }

  /**
   * Returns a loss of several terms.
   *
   * @param terms the terms
   * @return the loss
   */
  public static BatchLoss of(List<LossTerm> terms) {
    return new BatchLoss(terms, List.of(), List.of());
  }

  /**
   * Returns this loss with another term.
   *
   * @param name the name of the term
   * @param value its unweighted value, a scalar
   * @param weight the factor of the term in the loss
   * @return the loss
   */
  public BatchLoss with(String name, Tensor value, double weight) {
    return new BatchLoss(append(terms, new LossTerm(name, value, weight)), metrics, usage);
  }

  /**
   * Returns this loss with the terms of a part of the model, such as one of several quantizers.
   *
   * @param prefix the name of the part, which precedes the names of the terms, as in {@code
   *     top/commitment}; empty for none
   * @param more the terms
   * @return the loss
   */
  public BatchLoss withTerms(String prefix, List<LossTerm> more) {
    String start = prefix.isEmpty() ? "" : prefix + "/";
    Stream<LossTerm> named =
        more.stream().map(t -> new LossTerm(start + t.name(), t.value(), t.weight()));
    return new BatchLoss(Stream.concat(terms.stream(), named).toList(), metrics, usage);
  }

  /**
   * Returns this loss with another metric.
   *
   * @param name the name of the metric
   * @param value its mean over the examples of the batch
   * @return the loss
   */
  public BatchLoss withMetric(String name, double value) {
    return new BatchLoss(terms, append(metrics, new Metric(name, value)), usage);
  }

  /**
   * Returns this loss with the usage of another codebook.
   *
   * @param name the name of the codebook
   * @param codes the code usage in this batch
   * @return the loss
   */
  public BatchLoss withUsage(String name, CodeUsage codes) {
    return new BatchLoss(terms, metrics, append(usage, new CodebookUsage(name, codes)));
  }

  /**
   * Returns this loss with the usage of all codebooks of a quantizer: {@code
   * withUsage(quantizer.codebooks().names(), quantized.usage())}.
   *
   * @param names the name of each codebook
   * @param codes the code usage of each codebook in this batch, in the same order
   * @return the loss
   * @throws IllegalArgumentException if there are not as many names as usages
   */
  public BatchLoss withUsage(List<String> names, List<CodeUsage> codes) {
    List<CodebookUsage> more = CodebookUsage.list(names, codes);
    return new BatchLoss(terms, metrics, Stream.concat(usage.stream(), more.stream()).toList());
  }

  private static <T> List<T> append(List<T> list, T last) {
    return Stream.concat(list.stream(), Stream.of(last)).toList();
  }

  /**
   * Returns the loss to minimize.
   *
   * @return the weighted sum of the terms, a scalar
   */
  public Tensor total() {
    return LossTerm.total(terms);
  }
}
