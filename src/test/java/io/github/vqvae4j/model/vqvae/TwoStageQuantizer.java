package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * A residual quantizer of vectors [.., 1] with two fixed codebooks of unequal sizes: multiples of
 * 0.1 from -0.2, then multiples of 0.01 from -0.03.
 */
public final class TwoStageQuantizer extends Quantizer {
  private static final int FIRST = 5;
  private static final int SECOND = 7;

  private final boolean supportsMissingCodes;

  /** Creates the quantizer. */
  public TwoStageQuantizer(boolean supportsMissingCodes) {
    this.supportsMissingCodes = supportsMissingCodes;
  }

  /** Returns the decoded value of two codes; a missing code contributes 0. */
  public static double value(int first, int second) {
    return (first < 0 ? 0 : (first - 2) / 10.0) + (second < 0 ? 0 : (second - 3) / 100.0);
  }

  @Override
  public int codebookSize() {
    return SECOND;
  }

  @Override
  public Codebooks codebooks() {
    return Codebooks.residual(FIRST, SECOND);
  }

  @Override
  public boolean supportsMissingCodes() {
    return supportsMissingCodes;
  }

  @Override
  public int dimension() {
    return 1;
  }

  @Override
  protected Quantized computeQuantized(Tensor vectors) {
    Tensor x = vectors.stopGradient();
    Tensor first = x.mul(10).round().add(2).clamp(0, FIRST - 1);
    Tensor residual = x.sub(first.sub(2).div(10));
    Tensor second = residual.mul(100).round().add(3).clamp(0, SECOND - 1);
    Tensor codes = Tensor.concat(-1, List.of(first, second)).to(DType.INT);
    return new Quantized(
        vectors.straightThrough(computeVectors(codes)), codes, List.of(), codebooks().usage(codes));
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return stage(codes, 0).sub(2).div(10).add(stage(codes, 1).sub(3).div(100));
  }

  /** Returns the codes of a stage, [.., 1]; missing codes are replaced by the code of 0. */
  private static Tensor stage(Tensor codes, int stage) {
    Tensor stageCodes = codes.slice(-1, stage, stage + 1);
    return stageCodes.maskedFill(stageCodes.eq(Codes.MISSING), stage + 2).to(DType.FLOAT);
  }
}
