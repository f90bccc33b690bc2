package io.github.vqvae4j.benchmarks.floor;

import io.github.vqvae4j.benchmarks.Contestant;
import io.github.vqvae4j.data.Dataset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * The model's convolutions alone, each on memory of its own, one after another: no bias, no relu,
 * no quantizer, no optimizer, no data, nothing reordered. What any implementation on oneDNN's
 * convolutions takes at least.
 */
public final class Floor implements Contestant {
  private final int imageSize;

  /**
   * The convolutions.
   *
   * @param imageSize height and width of the images
   */
  public Floor(int imageSize) {
    this.imageSize = imageSize;
  }

  @Override
  public void train(Dataset images, int batch, DoublePredicate goesOn) {
    List<Pass> passes = forward(batch, true);
    List<ModelConvolutions.Shape> shapes = ModelConvolutions.of(imageSize);
    Collections.reverse(shapes);
    for (ModelConvolutions.Shape shape : shapes) {
      passes.add(Pass.fastest(Pass.Kind.BACKWARD_WEIGHTS, shape, batch, true));
      if (!shape.first()) {
        passes.add(Pass.fastest(against(shape), shape, batch, true));
      }
    }
    do {
      passes.forEach(Pass::run);
    } while (goesOn.test(0));
  }

  private static Pass.Kind along(ModelConvolutions.Shape shape) {
    return shape.transposed() ? Pass.Kind.BACKWARD_DATA : Pass.Kind.FORWARD;
  }

  private static Pass.Kind against(ModelConvolutions.Shape shape) {
    return shape.transposed() ? Pass.Kind.FORWARD : Pass.Kind.BACKWARD_DATA;
  }

  private List<Pass> forward(int batch, boolean training) {
    List<Pass> passes = new ArrayList<>();
    for (ModelConvolutions.Shape shape : ModelConvolutions.of(imageSize)) {
      passes.add(Pass.fastest(along(shape), shape, batch, training));
    }
    return passes;
  }

  @Override
  public Runnable reconstruction(int batch) {
    List<Pass> passes = forward(batch, false);
    return () -> passes.forEach(Pass::run);
  }

  @Override
  public Runnable encoding(int batch) {
    throw new UnsupportedOperationException(
        "the floor is measured for the whole model; ask for training or reconstruction");
  }

  @Override
  public Runnable decoding(int batch) {
    throw new UnsupportedOperationException(
        "the floor is measured for the whole model; ask for training or reconstruction");
  }

  @Override
  public void close() {
    // Memory ends with the process.
  }
}
