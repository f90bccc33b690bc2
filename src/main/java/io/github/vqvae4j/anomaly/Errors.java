package io.github.vqvae4j.anomaly;

import java.util.function.UnaryOperator;

/**
 * The three errors of the pixels of an image, or of several images.
 *
 * @param reconstruction the mean over channels of (x - x')^2
 * @param quantization the mean over D of (z_e - e_k)^2; zeros for a model other than a VqVae
 * @param surprise -ln p(code | codes before it), in nats; zeros without a prior
 */
record Errors(double[] reconstruction, double[] quantization, double[] surprise) {
  static Errors zeros(int count) {
    return new Errors(new double[count], new double[count], new double[count]);
  }

  int count() {
    return reconstruction.length;
  }

  Errors map(UnaryOperator<double[]> function) {
    return new Errors(
        function.apply(reconstruction), function.apply(quantization), function.apply(surprise));
  }

  /** Sets the errors of one image, which consist of one value each. */
  void set(int image, Errors ofImage) {
    reconstruction[image] = ofImage.reconstruction[0];
    quantization[image] = ofImage.quantization[0];
    surprise[image] = ofImage.surprise[0];
  }
}
