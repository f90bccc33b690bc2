package io.github.vqvae4j.model;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A residual quantizer of vectors [.., 1] with two fixed codebooks of unequal sizes, in plain Java:
 * steps of a tenth from -0.2 on, then steps of a hundredth from -0.03 on.
 */
final class TwoStageQuantizer extends Quantizer {
  private static final int FIRST = 5;
  private static final int SECOND = 7;

  private final boolean takesMissingCodes;

  TwoStageQuantizer(boolean takesMissingCodes) {
    this.takesMissingCodes = takesMissingCodes;
  }

  /** What codes stand for; a missing one for nothing. */
  static double value(int first, int second) {
    return (first < 0 ? 0 : (first - 2) / 10.0) + (second < 0 ? 0 : (second - 3) / 100.0);
  }

  @Override
  public int codebookSize() {
    return FIRST;
  }

  @Override
  public Codebooks codebooks() {
    return Codebooks.residual(FIRST, SECOND);
  }

  @Override
  public boolean takesMissingCodes() {
    return takesMissingCodes;
  }

  @Override
  public int dimension() {
    return 1;
  }

  @Override
  public Quantized quantize(Tensor vectors) {
    double[] values = vectors.toDoubles();
    int[] codes = new int[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      codes[2 * i] = (int) Math.max(0, Math.min(FIRST - 1, Math.rint(10 * values[i]) + 2));
      double rest = values[i] - value(codes[2 * i], -1);
      codes[2 * i + 1] = (int) Math.max(0, Math.min(SECOND - 1, Math.rint(100 * rest) + 3));
    }
    int[] places = Arrays.stream(vectors.shape()).mapToInt(Math::toIntExact).limit(3).toArray();
    Tensor chosen = lookup(vectors.step(), codes).reshape(vectors.shape());
    return new Quantized(
        vectors.straightThrough(chosen),
        Codes.of(codes, codebooks(), places),
        List.of(),
        CodeUsage.none(FIRST));
  }

  @Override
  public Tensor lookup(Step step, int[] codes) {
    float[] values = new float[codes.length / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value(codes[2 * i], codes[2 * i + 1]);
    }
    return step.tensor(values, values.length, 1);
  }
}
