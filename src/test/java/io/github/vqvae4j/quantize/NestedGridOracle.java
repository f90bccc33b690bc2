package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import java.util.List;
import java.util.Map;

/** Residual finite scalar quantization, value by value. */
record NestedGridOracle(ResidualQuantizerConfig config) implements QuantizerOracle {
  private FiniteScalarQuantizerConfig grid() {
    return (FiniteScalarQuantizerConfig) config.stages().get(0);
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    List<Integer> levels = grid().levels();
    int d = levels.size();
    int stages = config.stages().size();
    int size = batch.latents().length;
    int[] kept = new ResidualOracle(config).kept(batch, d);
    int[] codes = new int[size / d * stages];
    double[] values = new double[size];
    double[] toLatents = new double[size];
    for (int row = 0; row < size / d; row++) {
      for (int j = 0; j < stages; j++) {
        codes[row * stages + j] = kept[row / batch.places()] > j ? 0 : Codes.MISSING;
      }
      for (int i = 0; i < d; i++) {
        int level = levels.get(i);
        double c = 1 + 1.0 / (level - 1);
        double z = batch.latents()[row * d + i];
        double rest = c * Math.tanh(z / c);
        toLatents[row * d + i] = batch.upstream()[row * d + i] / Math.pow(Math.cosh(z / c), 2);
        for (int j = 0; j < kept[row / batch.places()]; j++) {
          double scale = Math.pow(level, -j);
          double clamped = Math.max(-1, Math.min(1, rest / scale));
          int digit = (int) Math.floor((level - 1) * (clamped + 1) / 2 + 0.5);
          double q = scale * (2.0 * digit / (level - 1) - 1);
          rest -= q;
          values[row * d + i] += q;
          codes[row * stages + j] += digit * basis(i);
        }
      }
    }
    return new Expected(
        codes, values, List.of(), toLatents, Map.of(), QuantizerOracle.state(quantizer));
  }

  private int basis(int i) {
    List<Integer> levels = grid().levels();
    List<Integer> faster =
        grid().order() == IndexOrder.FIRST_LEVEL_FASTEST
            ? levels.subList(0, i)
            : levels.subList(i + 1, levels.size());
    return faster.stream().mapToInt(level -> level).reduce(1, (a, b) -> a * b);
  }

  @Override
  public int draws() {
    return config.dropout().form() == StageDropout.Form.NONE ? 0 : 1;
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    return null;
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    return null;
  }

  @Override
  public boolean byDistance() {
    return false;
  }
}
