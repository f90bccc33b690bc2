package io.github.vqvae4j.prior;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link PixelCnn}.
 *
 * <pre>{@code
 * PixelCnn prior = PixelCnn.forCodesOf(model).classes(10).classDropout(0.1).layers(12).build();
 * }</pre>
 *
 * @param codebookSize K, the number of different codes
 * @param height the height of the code maps; 0, the default, for that of the training data
 * @param width the width of the code maps; 0, the default, for that of the training data
 * @param classes the number of classes, whose labels are 0 to classes - 1; 0, the default, for a
 *     prior without classes
 * @param classDropout the probability with which the class of a training example is hidden from the
 *     prior; above 0, such as 0.1, for {@linkplain Sampling#guidance guidance}; by default 0
 * @param conditionCodebookSize the codebook size of the code map that the prior is conditioned on;
 *     0, the default, for none
 * @param conditionFactor the factor between the sizes of the modeled maps and of the other code
 *     maps; 0, the default, for that of the training data
 * @param layers the number of gated layers; by default 15
 * @param channels C, the number of channels of each stack; by default 64
 * @param firstKernel the kernel size of the first layer, odd, 3 to 255; by default 7
 * @param kernel the kernel size of the other layers, odd, 3 to 255; by default 3
 * @param headChannels the number of channels of the hidden layer before the logits; by default 512
 */
public record PixelCnnConfig(
    int codebookSize,
    int height,
    int width,
    int classes,
    double classDropout,
    int conditionCodebookSize,
    int conditionFactor,
    int layers,
    int channels,
    int firstKernel,
    int kernel,
    int headChannels) {
  /** Kernels have masks on the heap, whose size is that in a file. */
  private static final int MAX_KERNEL = 255;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public PixelCnnConfig {
    atLeast(1, "codebookSize", codebookSize);
    atLeast(0, "height", height);
    Require.that(
        width >= 0 && (width == 0) == (height == 0),
        "PixelCnnConfig.width",
        "width and height both at least 1, or both 0 for those of the training data",
        width + " with height " + height);
    atLeast(0, "classes", classes);
    Require.that(
        classDropout >= 0 && classDropout < 1,
        "PixelCnnConfig.classDropout",
        "at least 0 and below 1",
        classDropout);
    atLeast(0, "conditionCodebookSize", conditionCodebookSize);
    atLeast(0, "conditionFactor", conditionFactor);
    atLeast(1, "layers", layers);
    atLeast(1, "channels", channels);
    checkKernel("firstKernel", firstKernel);
    checkKernel("kernel", kernel);
    atLeast(1, "headChannels", headChannels);
  }

  private static void atLeast(int min, String component, int value) {
    Require.that(value >= min, "PixelCnnConfig." + component, "at least " + min, value);
  }

  private static void checkKernel(String component, int size) {
    Require.that(
        size >= 3 && size <= MAX_KERNEL && size % 2 == 1,
        "PixelCnnConfig." + component,
        "an odd number from 3 to " + MAX_KERNEL,
        size);
  }

  /**
   * Sets the size of the code maps, which is otherwise taken from the training data.
   *
   * @param newHeight the height
   * @param newWidth the width
   * @return a copy with the new values
   */
  public PixelCnnConfig size(int newHeight, int newWidth) {
    return Records.with(this, "height", newHeight, "width", newWidth);
  }

  /**
   * Sets the number of classes. The prior is then conditioned on the labels of the codes.
   *
   * @param count the number of classes; 0 for none
   * @return a copy with the new value
   */
  public PixelCnnConfig classes(int count) {
    return Records.with(this, "classes", count);
  }

  /**
   * Sets the probability with which the class of a training example is replaced by "no class".
   * Guidance, and samples without a class, need a prior that was trained in this way. It has no
   * effect without classes.
   *
   * @param probability the probability, usually 0.1; 0 for never
   * @return a copy with the new value
   */
  public PixelCnnConfig classDropout(double probability) {
    return Records.with(this, "classDropout", probability);
  }

  /**
   * Conditions the prior on another code map, whose size is that of the modeled maps divided by an
   * integer, such as the bottom map of a VQ-VAE-2 on the top map. It is trained on {@link
   * CodePairs}.
   *
   * @param size the codebook size of the other map; 0 for none
   * @return a copy with the new value
   */
  public PixelCnnConfig conditionCodebookSize(int size) {
    return Records.with(this, "conditionCodebookSize", size);
  }

  /**
   * Sets the factor between the sizes of the modeled maps and of the other code maps, which is
   * otherwise taken from the training data.
   *
   * @param factor an integer, such as 2 for maps of 8x8 codes given 4x4 codes; 0 for that of the
   *     training data
   * @return a copy with the new value
   */
  public PixelCnnConfig conditionFactor(int factor) {
    return Records.with(this, "conditionFactor", factor);
  }

  /**
   * Sets the number of gated layers.
   *
   * @param count the number of layers
   * @return a copy with the new value
   */
  public PixelCnnConfig layers(int count) {
    return Records.with(this, "layers", count);
  }

  /**
   * Sets the number of channels of each stack.
   *
   * @param count C
   * @return a copy with the new value
   */
  public PixelCnnConfig channels(int count) {
    return Records.with(this, "channels", count);
  }

  /**
   * Sets the kernel size of the first layer.
   *
   * @param size an odd number from 3 to 255
   * @return a copy with the new value
   */
  public PixelCnnConfig firstKernel(int size) {
    return Records.with(this, "firstKernel", size);
  }

  /**
   * Sets the kernel size of all layers but the first.
   *
   * @param size an odd number from 3 to 255
   * @return a copy with the new value
   */
  public PixelCnnConfig kernel(int size) {
    return Records.with(this, "kernel", size);
  }

  /**
   * Sets the number of channels of the hidden layer before the logits.
   *
   * @param count the number of channels
   * @return a copy with the new value
   */
  public PixelCnnConfig headChannels(int count) {
    return Records.with(this, "headChannels", count);
  }

  /** Returns whether the prior has an additional class for maps without a class. */
  boolean hasNoClass() {
    return classes > 0 && classDropout > 0;
  }

  /**
   * Builds a prior with the seed 42.
   *
   * @return a new, untrained prior
   */
  public PixelCnn build() {
    return build(new Rng(42));
  }

  /**
   * Builds a prior.
   *
   * @param rng the random number generator for the initial weights
   * @return a new, untrained prior
   */
  public PixelCnn build(Rng rng) {
    return new PixelCnn(this, rng);
  }
}
