package io.github.vqvae4j.benchmarks.convolutions;

import io.github.vqvae4j.benchmarks.Implementation;
import io.github.vqvae4j.data.image.Dataset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * Runs only the model's convolutions, one after another, each with its own memory: without biases,
 * ReLU, quantizer, optimizer, data loading and reorders. This is a lower bound of the time of any
 * implementation that uses oneDNN's convolutions.
 */
public final class ConvolutionsOnly implements Implementation {
  private final int imageSize;

  /**
   * Creates the convolutions.
   *
   * @param imageSize the height and width of the images in pixels
   */
  public ConvolutionsOnly(int imageSize) {
    this.imageSize = imageSize;
  }

  @Override
  public void train(Dataset images, int batch, DoublePredicate shouldContinue) {
    List<ConvolutionPass> passes = forward(batch, true);
    List<ModelConvolutions.Shape> shapes = ModelConvolutions.of(imageSize);
    Collections.reverse(shapes);
    for (ModelConvolutions.Shape shape : shapes) {
      passes.add(
          ConvolutionPass.fastest(ConvolutionPass.Kind.BACKWARD_WEIGHTS, shape, batch, true));
      if (!shape.first()) {
        passes.add(ConvolutionPass.fastest(inputGradientKind(shape), shape, batch, true));
      }
    }
    do {
      passes.forEach(ConvolutionPass::run);
    } while (shouldContinue.test(0));
  }

  private static ConvolutionPass.Kind forwardKind(ModelConvolutions.Shape shape) {
    return shape.transposed() ? ConvolutionPass.Kind.BACKWARD_DATA : ConvolutionPass.Kind.FORWARD;
  }

  private static ConvolutionPass.Kind inputGradientKind(ModelConvolutions.Shape shape) {
    return shape.transposed() ? ConvolutionPass.Kind.FORWARD : ConvolutionPass.Kind.BACKWARD_DATA;
  }

  private List<ConvolutionPass> forward(int batch, boolean training) {
    List<ConvolutionPass> passes = new ArrayList<>();
    for (ModelConvolutions.Shape shape : ModelConvolutions.of(imageSize)) {
      passes.add(ConvolutionPass.fastest(forwardKind(shape), shape, batch, training));
    }
    return passes;
  }

  @Override
  public Runnable reconstruction(int batch) {
    List<ConvolutionPass> passes = forward(batch, false);
    return () -> passes.forEach(ConvolutionPass::run);
  }

  @Override
  public Runnable encoding(int batch) {
    throw new UnsupportedOperationException(
        "The convolutions are measured for the whole model only: use TRAINING or RECONSTRUCTION.");
  }

  @Override
  public Runnable decoding(int batch) {
    throw new UnsupportedOperationException(
        "The convolutions are measured for the whole model only: use TRAINING or RECONSTRUCTION.");
  }

  @Override
  public void close() {
    // The memory is released when the process exits.
  }
}
