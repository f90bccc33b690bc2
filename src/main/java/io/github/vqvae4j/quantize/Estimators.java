package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.VectorQuantizerConfig.Estimator;
import io.github.vqvae4j.tensor.Tensor;

/** Gradients of quantized latents; {@link Estimator} has the formulas. */
final class Estimators {
  private Estimators() {}

  /**
   * Returns the codes' vectors with the gradient of {@link Estimator#ROTATION}.
   *
   * @param x the latents [.., D]
   * @param selected the codebook vectors [.., D]
   */
  static Tensor rotation(Tensor x, Tensor selected) {
    Tensor q = selected.stopGradient();
    if (x.size(-1) == 1) {
      return x.straightThrough(q);
    }
    Tensor z = x.stopGradient();
    Tensor u = UnitVectors.of(z);
    Tensor p = UnitVectors.of(q);
    Tensor w = UnitVectors.of(u.add(p));
    Tensor isZero = norm(u).mul(norm(p)).lt(0.5); // the norms are 0 or 1
    Tensor scale = norm(q).div(norm(z).maskedFill(isZero, 1));
    Tensor reflected = x.sub(w.mul(w.mul(x).sum(true, -1)).mul(2));
    Tensor rotated = reflected.add(p.mul(u.mul(x).sum(true, -1)).mul(2)).mul(scale);
    return Tensor.where(isZero, x, rotated).straightThrough(q);
  }

  private static Tensor norm(Tensor x) {
    return x.square().sum(true, -1).sqrt();
  }

  /**
   * Returns the quantized latents of {@link Estimator#DIVEQ}.
   *
   * @param x the latents [.., D]
   * @param selected the codebook vectors [.., D]
   * @param noise sigma eps [.., D]; null for none
   */
  static Tensor diveq(Tensor x, Tensor selected, Tensor noise) {
    Tensor v = selected.sub(x);
    Tensor squares = v.square().sum(true, -1);
    Tensor isZero = squares.eq(0);
    Tensor length = squares.maskedFill(isZero, 1).sqrt().mul(isZero.to(x.dtype()).rsub(1));
    Tensor direction = noise == null ? v.stopGradient() : v.stopGradient().add(noise);
    Tensor quantized = x.add(UnitVectors.of(direction).mul(length));
    return noise == null ? quantized.straightThrough(selected) : quantized;
  }
}
