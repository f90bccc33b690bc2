package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.convolutions.ModelConvolutions;
import io.github.vqvae4j.benchmarks.convolutions.ModelConvolutions.Shape;
import java.util.List;

/**
 * The number of floating-point operations of a task: multiplications and additions of convolutions
 * and code search only. For the reference model, 264 million per image in training and 91 million
 * in reconstruction.
 */
final class FlopCount {
  private static final int REDUCTION = 4;
  private static final int DIMENSION = 64;

  private FlopCount() {}

  /** Returns the operations per image in millions, or 0 for tasks that are not listed with it. */
  static double megaflops(Workload workload) {
    List<Shape> encoder = ModelConvolutions.encoder(workload.imageSize());
    List<Shape> decoder = ModelConvolutions.decoder(workload.imageSize());
    double forward = flops(encoder) + flops(decoder);
    double latents = Math.pow((double) workload.imageSize() / REDUCTION, 2);
    double search = 2 * latents * workload.codebookSize() * DIMENSION;
    return switch (workload.task()) {
          // The gradient with respect to the images is not computed.
          case TRAINING -> 3 * forward - encoder.get(0).flops(1) + search;
          case RECONSTRUCTION -> forward + search;
          case ENCODING, ENCODING_ONE_CALLER, ENCODING_CONCURRENT_CALLERS ->
              flops(encoder) + search;
          case DECODING -> flops(decoder);
          case FIRST_STEP, PRIOR_TRAINING, PRIOR_SAMPLING, PRIOR_WHOLE_MAPS -> 0;
        }
        / 1e6;
  }

  private static double flops(List<Shape> convolutions) {
    return convolutions.stream().mapToDouble(shape -> shape.flops(1)).sum();
  }
}
