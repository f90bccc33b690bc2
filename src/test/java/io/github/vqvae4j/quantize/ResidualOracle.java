package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.ResidualQuantizerConfig.StageLoss;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Algorithm 1 of Zeghidour et al. 2021, value by value, with the three forms of dropout. */
record ResidualOracle(ResidualQuantizerConfig config) implements QuantizerOracle {
  private int stages() {
    return config.stages().size();
  }

  private VectorQuantizerConfig stage(int i) {
    return (VectorQuantizerConfig) config.stages().get(i);
  }

  private boolean dropout() {
    return config.dropout().form() != StageDropout.Form.NONE;
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    Batch rest =
        new Batch(
            batch.key(),
            batch.latents(),
            batch.places(),
            batch.upstream(),
            batch.draw() + (dropout() ? 1 : 0));
    return train((ResidualQuantizer) quantizer, rest, kept(batch, stage(0).dimension()));
  }

  /** Returns the number of stages of each example. */
  int[] kept(Batch batch, int dimension) {
    int[] kept = new int[batch.latents().length / dimension / batch.places()];
    StageDropout dropout = config.dropout();
    int q = stages();
    Rng shared = batch.key().shared(batch.draw());
    int drawn =
        switch (dropout.form()) {
          case PER_STEP ->
              Math.min(
                  q,
                  (int)
                          Math.ceil(
                              (double) (dropout.cutoff() + shared.nextInt(q - dropout.cutoff()) + 1)
                                  / dropout.multiple())
                      * dropout.multiple());
          case CHOICE -> dropout.stages().get(shared.nextInt(dropout.stages().size()));
          default -> q;
        };
    for (int i = 0; i < kept.length; i++) {
      Rng own = batch.key().example(batch.draw(), i);
      boolean draws =
          dropout.form() == StageDropout.Form.PER_EXAMPLE && own.nextDouble() < dropout.share();
      kept[i] = draws ? 1 + own.nextInt(q) : drawn;
    }
    return kept;
  }

  /** A step whose dropout was drawn before. */
  Expected train(ResidualQuantizer quantizer, Batch batch, int... kept) {
    int d = stage(0).dimension();
    int size = batch.latents().length;
    int n = size / d;
    int used = config.dropout().isPerExample() ? stages() : kept[0];
    boolean isFloat = quantizer.variables().values().iterator().next().dtype() == DType.FLOAT;
    double factor = config.loss() == StageLoss.MEAN ? 1.0 / stages() : 1;
    int[] codes = new int[n * stages()];
    Arrays.fill(codes, Codes.MISSING);
    double[] residual = new double[size];
    Arrays.setAll(residual, i -> batch.latents()[i]);
    double[] values = new double[size];
    double[] toLatents = batch.upstream().clone();
    double[] sums = new double[2];
    boolean byGradient = false;
    Map<String, double[]> toParameters = new TreeMap<>();
    Map<String, double[]> state = QuantizerOracle.state(quantizer);
    List<double[]> residuals = new ArrayList<>();
    List<boolean[]> valid = new ArrayList<>();
    for (int s = 0; s < stages(); s++) {
      VectorQuantizer stage = (VectorQuantizer) quantizer.stage(s);
      ReferenceCodebook book = new ReferenceCodebook(stage, stage(s));
      String prefix = config.sharedCodebook() ? "stage." : "stage" + s + ".";
      double[] toCodebook = toParameters.getOrDefault(prefix + "codebook", new double[book.k * d]);
      residuals.add(residual.clone());
      boolean[] rows = new boolean[n];
      for (int row = 0; row < n; row++) {
        rows[row] = kept[row / batch.places()] > s;
        if (!rows[row]) {
          continue;
        }
        int code = book.nearest(Arrays.copyOfRange(residual, row * d, (row + 1) * d));
        codes[row * stages() + s] = code;
        for (int i = row * d; i < (row + 1) * d; i++) {
          double q = book.codebook[code][i % d];
          double error = residual[i] - q;
          sums[0] += error * error / size;
          toLatents[i] += factor * stage(s).commitmentWeight() * 2 * error / size;
          toCodebook[code * d + i % d] -= factor * stage(s).codebookWeight() * 2 * error / size;
          sums[1] += stage(s).update() == Update.GRADIENT ? error * error / size : 0;
          values[i] += q;
          residual[i] = isFloat ? (float) error : error;
        }
      }
      valid.add(rows);
      if (stage(s).update() == Update.GRADIENT) {
        byGradient = true;
        toParameters.put(prefix + "codebook", toCodebook);
      }
      if (s < used && !config.sharedCodebook()) {
        update(
            state, prefix, book, batch, batch.draw() + s, residuals.get(s), batch.places(), rows);
      }
    }
    if (config.sharedCodebook()) {
      updateShared(state, quantizer, batch, residuals.subList(0, used), valid);
    }
    return new Expected(
        codes,
        values,
        byGradient && stage(0).update() == Update.GRADIENT
            ? List.of(factor * sums[1], factor * sums[0])
            : byGradient ? List.of(factor * sums[0], factor * sums[1]) : List.of(factor * sums[0]),
        toLatents,
        toParameters,
        state);
  }

  private void updateShared(
      Map<String, double[]> state,
      ResidualQuantizer quantizer,
      Batch batch,
      List<double[]> residuals,
      List<boolean[]> valid) {
    int d = stage(0).dimension();
    int used = residuals.size();
    double[] all = new double[residuals.get(0).length * used];
    boolean[] rows = new boolean[all.length / d];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(residuals.get(i % used), i / used * d, all, i * d, d);
      rows[i] = valid.get(i % used)[i / used];
    }
    ReferenceCodebook book = new ReferenceCodebook((VectorQuantizer) quantizer.stage(0), stage(0));
    update(state, "stage.", book, batch, batch.draw(), all, batch.places() * used, rows);
  }

  private static void update(
      Map<String, double[]> state,
      String prefix,
      ReferenceCodebook book,
      Batch batch,
      int draw,
      double[] latents,
      int perExample,
      boolean... used) {
    boolean isUsed = false;
    for (boolean row : used) {
      isUsed |= row;
    }
    if (isUsed) {
      book.update(batch.key(), draw, latents, perExample, used);
      VectorQuantizerOracle.state(book).forEach((name, value) -> state.put(prefix + name, value));
    }
  }

  /** Returns the number of draws without dropout of the stages. */
  @Override
  public int draws() {
    return (dropout() ? 1 : 0) + (config.sharedCodebook() ? 1 : stages());
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
