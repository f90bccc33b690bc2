package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * The base class of quantizers, which map continuous latents to discrete codes of a finite codebook
 * and codes back to vectors.
 *
 * <p>As a layer, a quantizer maps latents [.., D] to quantized latents of the same shape. {@link
 * #quantize} also returns the codes, loss terms and code usage:
 *
 * <pre>{@code
 * Quantizer quantizer = VectorQuantizer.ema(512, 64).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 64], 2, 7, 7, 64); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7], from 0 to 511
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 64]
 * }
 * }</pre>
 *
 * <p>Custom quantizers implement {@link #computeQuantized} and {@link #computeVectors}. State that
 * training updates is kept in buffers, and updated once per training step with statistics that are
 * sums over all examples ({@link Step#onCommit(double[], java.util.function.Consumer,
 * io.github.vqvae4j.tensor.Variable...)}):
 *
 * <pre>{@code
 * final class Rounding extends Quantizer {
 *   private final Buffer usage = buffer("usage", new float[9], 9);
 *
 *   public int codebookSize() {
 *     return 9;
 *   }
 *
 *   public int dimension() {
 *     return 1;
 *   }
 *
 *   protected Quantized computeQuantized(Tensor latents) { // [.., 1]
 *     long[] shape = Arrays.copyOf(latents.shape(), latents.rank() - 1);
 *     Tensor rounded = latents.stopGradient().mul(4).round().clamp(-4, 4);
 *     Tensor codes = rounded.add(4).to(DType.INT).reshape(shape); // from 0 to 8
 *     CodeUsage used = CodeUsage.of(codes.toInts(), 9);
 *     if (isTraining(latents.step())) {
 *       double[] counts = Arrays.stream(used.counts()).asDoubleStream().toArray();
 *       latents.step().onCommit(counts, usage::set, usage); // the counts of the whole step
 *     }
 *     Tensor vectors = rounded.div(4);
 *     return new Quantized(latents.straightThrough(vectors), codes, List.of(), List.of(used));
 *   }
 *
 *   protected Tensor computeVectors(Tensor codes) {
 *     long[] shape = Arrays.copyOf(codes.shape(), codes.rank() + 1);
 *     shape[codes.rank()] = 1;
 *     return codes.to(DType.FLOAT).sub(4).div(4).reshape(shape);
 *   }
 * }
 * }</pre>
 */
public abstract class Quantizer extends Layer {
  private static final Logger LOG = Log.of(Quantizer.class);

  /** The maximum length of an array that virtual machines support. */
  private static final long MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8L;

  /** The settings of a quantizer, from which it is built and which are saved with it. */
  public interface Config {
    /**
     * Builds the quantizer.
     *
     * @param rng the random number generator for the initial codebook
     * @return a new quantizer with these settings
     */
    Quantizer build(Rng rng);
  }

  private final QuantizedCheck check = new QuantizedCheck(this);

  /** Constructor for subclasses. */
  protected Quantizer() {}

  /**
   * Returns the number of codes, or of codes of the largest codebook if there are several.
   *
   * @return K, at least 1
   */
  public abstract int codebookSize();

  /**
   * Returns the layout of the codebooks that the codes of {@link #encode} index.
   *
   * @return by default one codebook of {@link #codebookSize()}; overridden by quantizers with
   *     several stages or groups
   */
  public Codebooks codebooks() {
    return Codebooks.of(codebookSize());
  }

  /**
   * Returns whether {@link #lookup} accepts {@link Codes#MISSING}, as a residual quantizer does,
   * where a dropped stage contributes nothing.
   *
   * @return false by default
   */
  public boolean supportsMissingCodes() {
    return false;
  }

  /**
   * Returns the dimension of the codebook vectors.
   *
   * @return D, at least 1
   */
  public abstract int dimension();

  /**
   * Quantizes a batch of latents. In a training step, updates of the quantizer's state are applied
   * when the step commits. Observers of the step are notified of the quantized latents. The first
   * training step logs a warning if the quantized latents have no gradient to the latents.
   *
   * @param latents the encoder outputs [.., D]
   * @return quantized latents, codes, loss terms and usage
   * @throws IllegalStateException in a training step, if the codebook must first be initialized
   *     from data
   * @throws IllegalStateException if a custom quantizer returns vectors of another shape, codes of
   *     another type or shape, or the usage of other codebooks; in a training step, also if a loss
   *     term has no gradient, unless its weight or its value is 0
   * @throws NonFiniteException if a latent is NaN or infinite, unless a custom quantizer permits it
   */
  public final Quantized quantize(Tensor latents) {
    return within(latents.step(), () -> checked(latents), Quantized::quantized);
  }

  private Quantized checked(Tensor latents) {
    Quantized result = computeQuantized(latents);
    check.check(latents, result);
    return result;
  }

  /**
   * Computes the result of {@link #quantize}. State updates must be registered with {@link
   * Step#onCommit}, in every training step, whatever the latents: a batch may be divided among
   * several passes, whose statistics are merged.
   *
   * @param latents the encoder outputs [.., D]
   * @return quantized latents, codes, loss terms and usage
   */
  protected abstract Quantized computeQuantized(Tensor latents);

  /**
   * Computes the result of {@link #quantize} for given codes. The latents of {@linkplain
   * Codes#MISSING missing} ones have no part in loss terms and updates. By default, the codes are
   * those of the quantizer.
   *
   * @param latents the latents [.., D]
   * @param codes the codes [..] of {@link #computeCodes}, or others if this method is overridden
   */
  Quantized computeQuantized(Tensor latents, Tensor codes) {
    return computeQuantized(latents);
  }

  /**
   * Returns only the codes of latents, without loss terms or usage.
   *
   * @param latents the encoder outputs [.., D]
   * @return an INT tensor with the codes that {@link #quantize} returns
   */
  public final Tensor encode(Tensor latents) {
    return latents.step().within(this, () -> computeCodes(latents));
  }

  /**
   * Computes the result of {@link #encode}. By default, returns the codes of {@link
   * #computeQuantized}; override it if they can be computed more efficiently.
   *
   * @param latents the encoder outputs [.., D]
   * @return the codes, an INT tensor
   */
  protected Tensor computeCodes(Tensor latents) {
    return computeQuantized(latents).codes();
  }

  /**
   * Looks up the codebook vectors of codes.
   *
   * @param codes an INT tensor [..], or [.., codebooks] if there are several codebooks, such as
   *     {@link Quantized#codes} and {@link Codes#in}
   * @return the vectors [.., D]
   * @throws IllegalArgumentException if the shape does not match, a code is out of range, or a code
   *     is {@link Codes#MISSING} and the quantizer {@linkplain #supportsMissingCodes does not
   *     support it}
   */
  public final Tensor lookup(Tensor codes) {
    checkComplete(Codes.of(codes, codebooks()));
    return codes.step().within(this, () -> computeVectors(codes));
  }

  /**
   * Looks up the codebook vectors of codes.
   *
   * @param codes codes of this quantizer's {@link #codebooks()}
   * @param step the step of the result
   * @return the vectors [.., D]
   * @throws IllegalArgumentException if the codes have other codebooks, or one is {@link
   *     Codes#MISSING} and the quantizer {@linkplain #supportsMissingCodes does not support it}
   */
  public final Tensor lookup(Codes codes, Step step) {
    if (!codes.codebooks().equals(codebooks())) {
      throw new IllegalArgumentException(
          MessageText.name(getClass())
              + ".lookup: expected codes of "
              + codebooks()
              + ", got "
              + codes
              + ". Use the quantizer that encoded them.");
    }
    checkComplete(codes);
    return step.within(this, () -> computeVectors(codes.in(step)));
  }

  private void checkComplete(Codes codes) {
    if (!supportsMissingCodes()) {
      codes.requireComplete(MessageText.name(getClass()) + ".lookup");
    }
  }

  /**
   * Computes the result of {@link #lookup}.
   *
   * @param codes the codes, already validated
   * @return the vectors [.., D]
   */
  protected abstract Tensor computeVectors(Tensor codes);

  /**
   * Returns the number of latents required by {@link #initialize} before the first training step.
   *
   * @return 0 if the codebook does not need initialization from data or is already initialized
   */
  public int initializationLatents() {
    return 0;
  }

  /**
   * Initializes the codebook from latents. Called by the trainer if {@link #initializationLatents}
   * is not 0.
   *
   * @param latents the latents [n, D] in row-major order
   * @param latentsPerStep the number of latents in a training step, over all workers and
   *     accumulated batches, used to scale the counts
   * @param rng the random number generator
   * @throws IllegalStateException if this quantizer is not initialized from data
   */
  public void initialize(float[] latents, int latentsPerStep, Rng rng) {
    throw new IllegalStateException(
        MessageText.name(getClass())
            + ".initialize: this quantizer is not initialized from data (initializationLatents() is"
            + " 0).");
  }

  /**
   * Initializes the codebook from the encoder outputs of as many batches as it requires. Does
   * nothing if {@link #initializationLatents} is 0.
   *
   * @param latents the latents [n, D] of whole training batches, one after the other, each in
   *     row-major order
   * @param rng the random number generator
   * @throws IllegalStateException if this quantizer is frozen, or there is no batch
   */
  public final void initialize(Iterator<float[]> latents, Rng rng) {
    int needed = initializationLatents();
    if (needed == 0) {
      return;
    }
    if (isFrozen()) {
      throw new IllegalStateException(
          MessageText.name(getClass())
              + ": the quantizer is frozen, but its codebook has not been initialized from data."
              + " Unfreeze it, load a trained model, or call initialize(latents, ..) first.");
    }
    List<float[]> batches = new ArrayList<>();
    long total = 0;
    int size = 0;
    while (needsMoreBatches(total, size, needed, dimension()) && latents.hasNext()) {
      float[] batch = latents.next();
      batches.add(batch);
      size = batch.length;
      total += size;
    }
    if (batches.isEmpty()) {
      throw new IllegalStateException(
          MessageText.name(getClass())
              + ".initialize: expected at least one batch of data, got none.");
    }
    float[] all = concatenated(batches, (int) Math.min(total, MAX_ARRAY_LENGTH));
    LOG.info("Initializing the codebook from {} encoder output vectors.", all.length / dimension());
    initialize(all, batches.get(0).length / dimension(), rng);
  }

  private static float[] concatenated(List<float[]> batches, int length) {
    float[] all = new float[length];
    int offset = 0;
    for (float[] batch : batches) {
      int count = Math.min(batch.length, length - offset);
      System.arraycopy(batch, 0, all, offset, count);
      offset += count;
    }
    return all;
  }

  /**
   * Returns whether initializing the codebook requires another batch.
   *
   * @param total the number of values of the latents so far; at least one batch is used
   * @param next the expected number of values of the next batch; all must fit into one array
   * @param needed the number of latents that the quantizer needs
   */
  static boolean needsMoreBatches(long total, long next, long needed, int dimension) {
    return total == 0 || total / dimension < needed && total + next <= MAX_ARRAY_LENGTH;
  }

  /**
   * Returns the settings that are saved in a model file, from which loading rebuilds the quantizer.
   *
   * @return the settings, which custom quantizers register with {@code ModelRegistry}; by default
   *     empty, and a model file cannot rebuild the quantizer
   */
  public Optional<Config> config() {
    return Optional.empty();
  }

  @Override
  protected final Tensor compute(Tensor latents) {
    return computeQuantized(latents).quantized();
  }
}
