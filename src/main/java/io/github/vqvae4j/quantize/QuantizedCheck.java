package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** Checks what a custom quantizer returns, since most mistakes would only show in bad results. */
final class QuantizedCheck {
  private static final Logger LOG = Log.of(Quantizer.class);

  private final Quantizer quantizer;

  /** Whether the gradient of the quantized latents was checked, in the first training step. */
  private final AtomicBoolean gradientChecked = new AtomicBoolean();

  QuantizedCheck(Quantizer quantizer) {
    this.quantizer = quantizer;
  }

  /**
   * Checks a result of {@link Quantizer#computeQuantized}, as {@link Quantizer#quantize} states.
   */
  void check(Tensor latents, Quantized result) {
    checkNoNulls(result);
    long[] vectors = result.quantized().shape();
    if (!Arrays.equals(vectors, latents.shape())) {
      throw new IllegalStateException(
          MessageText.name(quantizer.getClass())
              + ".computeQuantized: expected quantized latents of the shape of the latents, "
              + Arrays.toString(latents.shape())
              + ", got "
              + Arrays.toString(vectors)
              + ".");
    }
    Tensor codes = result.codes();
    long[] expected = Arrays.copyOf(latents.shape(), latents.rank() - (isSingle() ? 1 : 0));
    if (!isSingle()) {
      expected[latents.rank() - 1] = quantizer.codebooks().count();
    }
    if (codes.dtype() != DType.INT || !Arrays.equals(codes.shape(), expected)) {
      throw new IllegalStateException(
          MessageText.name(quantizer.getClass())
              + ".computeQuantized: expected codes "
              + DType.INT
              + " "
              + Arrays.toString(expected)
              + ", one for each latent vector and codebook, got "
              + codes.dtype()
              + " "
              + Arrays.toString(codes.shape())
              + ".");
    }
    List<Integer> counted = result.usage().stream().map(CodeUsage::codebookSize).toList();
    if (!counted.equals(quantizer.codebooks().sizes())) {
      throw new IllegalStateException(
          MessageText.name(quantizer.getClass())
              + ".computeQuantized: expected the usage of codebooks of "
              + quantizer.codebooks().sizes()
              + " codes, got "
              + counted
              + ". Return codebooks().usage(codes).");
    }
    if (latents.requiresGradient()) {
      result.terms().forEach(term -> checkGradient(term, latents.step()));
      if (!gradientChecked.getAndSet(true) && !result.quantized().dependsOn(latents)) {
        LOG.warn(
            "{}: the quantized latents have no gradient to the latents, so the encoder does not"
                + " learn from the reconstructions. Return latents.straightThrough(vectors) as"
                + " quantized latents.",
            MessageText.name(quantizer.getClass()));
      }
    }
  }

  private void checkNoNulls(Quantized result) {
    if (result == null
        || result.quantized() == null
        || result.codes() == null
        || result.terms() == null
        || result.usage() == null) {
      throw new IllegalStateException(
          MessageText.name(quantizer.getClass())
              + ".computeQuantized: expected quantized latents, codes, loss terms and usage, got "
              + (result == null ? "null" : "null for one of them")
              + ". Return new Quantized(latents.straightThrough(vectors), codes, List.of(),"
              + " codebooks().usage(codes)).");
    }
  }

  /**
   * Checks that a term has a gradient, unless it is one of a codebook that this step does not
   * train.
   */
  private void checkGradient(LossTerm term, Step step) {
    if (term.isConstant()
        && quantizer.parameters().stream().allMatch(p -> p.in(step).requiresGradient())) {
      throw new IllegalStateException(
          MessageText.name(quantizer.getClass())
              + ".computeQuantized: expected loss terms with a gradient, got \""
              + term.name()
              + "\", which is a constant to the training. Compute it from the latents or a parameter"
              + " by operations of Tensor, without stopGradient and without copying values to"
              + " arrays; round, comparisons and argmax have no gradient. Give a term that is only"
              + " reported the weight 0.");
    }
  }

  private boolean isSingle() {
    return quantizer.codebooks().count() == 1;
  }
}
