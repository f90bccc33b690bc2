package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * Turns vectors into codes of a finite codebook, and codes into vectors.
 *
 * <p>As a layer it maps vectors [.., D] to the quantized vectors; {@link #quantize} gives codes,
 * loss terms and usage beside them.
 */
public abstract class Quantizer extends Layer {
  /** The settings that a quantizer is built from, and saved with. */
  public interface Config {
    /**
     * Builds the quantizer.
     *
     * @param rng where its start is drawn from
     * @return a new quantizer with these settings
     */
    Quantizer build(Rng rng);
  }

  /** Constructor for subclasses. */
  protected Quantizer() {}

  /**
   * The number of codes.
   *
   * @return K, at least 1
   */
  public abstract int codebookSize();

  /**
   * Returns what {@link #encode} gives codes of.
   *
   * @return one codebook of {@link #codebookSize()}; a quantizer of several stages or groups says
   *     otherwise
   */
  public Codebooks codebooks() {
    return Codebooks.of(codebookSize());
  }

  /**
   * Returns whether {@link #lookup} takes {@link Codes#MISSING} for a code, as that of a residual
   * quantizer does, where a dropped stage adds nothing.
   *
   * @return false by default
   */
  public boolean supportsMissingCodes() {
    return false;
  }

  /**
   * The size of each vector.
   *
   * @return D, at least 1
   */
  public abstract int dimension();

  /**
   * Quantizes a batch. In a training step, what changes in the quantizer's state is done when the
   * step commits. Observers of the step are told of the quantized vectors.
   *
   * @param vectors [.., D]
   * @return quantized vectors, codes, loss terms, usage
   */
  public final Quantized quantize(Tensor vectors) {
    return within(vectors.step(), () -> quantized(vectors), Quantized::quantized);
  }

  /**
   * Quantizes a batch, for {@link #quantize}. State changes by {@link Step#onCommit}.
   *
   * @param vectors as there
   * @return quantized vectors, codes, loss terms, usage
   */
  protected abstract Quantized quantized(Tensor vectors);

  /**
   * Returns the codes alone, for encoding: no terms, no use.
   *
   * @param vectors as for {@link #quantize}
   * @return in INT, the codes that {@link #quantize} gives
   */
  public final Tensor encode(Tensor vectors) {
    return vectors.step().within(this, () -> codes(vectors));
  }

  /**
   * Computes the codes, for {@link #encode}.
   *
   * @param vectors as there
   * @return those of {@link #quantized}, unless a subclass has a shorter way
   */
  protected Tensor codes(Tensor vectors) {
    return quantized(vectors).codes();
  }

  /**
   * Returns the vectors of some codes.
   *
   * @param codes in INT [..], or [.., codebooks] if there are several, as {@link Quantized#codes}
   *     and {@link Codes#in} give them
   * @return [.., D]
   * @throws IllegalArgumentException if they are not of this shape, one is out of range, or one is
   *     {@link Codes#MISSING} and the quantizer {@linkplain #supportsMissingCodes does not take it}
   */
  public final Tensor lookup(Tensor codes) {
    checkComplete(Codes.of(codes, codebooks()));
    return codes.step().within(this, () -> vectors(codes));
  }

  /**
   * Returns the vectors of codes that were checked when they were made.
   *
   * @param codes of {@link #codebooks()}
   * @param step where the vectors are computed
   * @return [.., D]
   * @throws IllegalArgumentException if they are codes of other codebooks, or one is {@link
   *     Codes#MISSING} and the quantizer {@linkplain #supportsMissingCodes does not take it}
   */
  public final Tensor lookup(Codes codes, Step step) {
    if (!codes.codebooks().equals(codebooks())) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ".lookup: expected codes of "
              + codebooks()
              + ", got "
              + codes
              + ". Look them up with the quantizer that made them.");
    }
    checkComplete(codes);
    return step.within(this, () -> vectors(codes.in(step)));
  }

  private void checkComplete(Codes codes) {
    if (!supportsMissingCodes()) {
      codes.requireComplete(getClass().getSimpleName() + ".lookup");
    }
  }

  /**
   * Computes the vectors of some codes, for {@link #lookup}.
   *
   * @param codes as there, checked
   * @return [.., D]
   */
  protected abstract Tensor vectors(Tensor codes);

  /**
   * How many vectors it wants to see before its first training step, to start its codebook from.
   *
   * @return 0 if it starts by itself, or has started
   */
  public int initializationVectors() {
    return 0;
  }

  /**
   * Starts the codebook from vectors; called by the trainer if {@link #initializationVectors} asks
   * for it.
   *
   * @param vectors row by row, [n, D]
   * @param perBatch how many vectors a training batch has, which the counts are scaled to
   * @param rng for random choices
   */
  public void initialize(float[] vectors, int perBatch, Rng rng) {
    throw new IllegalStateException(
        getClass().getSimpleName() + " does not start from data (initializationVectors() is 0).");
  }

  /**
   * The settings it was built from, which a model file keeps.
   *
   * @return empty for a quantizer of one's own, which a model file cannot build
   */
  public Optional<Config> config() {
    return Optional.empty();
  }

  @Override
  protected final Tensor compute(Tensor vectors) {
    return quantized(vectors).quantized();
  }
}
