package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.CapturedLog;
import io.github.vqvae4j.train.Trainer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model whose custom quantizer passes the decoder's gradient to the encoder, or forgets it. */
class CustomQuantizerTrainingTest {
  private static final Dataset IMAGES = Shapes.rectangles(24, 8, 1, 1);
  private static final int CODES = 9;

  /** Rounds latents to multiples of 1/4. */
  private static final class Rounding extends Quantizer {
    private final boolean isStraightThrough;
    private final double commitmentWeight;

    Rounding(boolean isStraightThrough, double commitmentWeight) {
      this.isStraightThrough = isStraightThrough;
      this.commitmentWeight = commitmentWeight;
    }

    @Override
    public int codebookSize() {
      return CODES;
    }

    @Override
    public int dimension() {
      return 1;
    }

    @Override
    protected Quantized computeQuantized(Tensor latents) {
      Tensor rounded = latents.stopGradient().mul(4).round().clamp(-4, 4);
      Tensor vectors = rounded.div(4);
      Tensor codes =
          rounded.add(4).to(DType.INT).reshape(Arrays.copyOf(latents.shape(), latents.rank() - 1));
      Tensor commitment = latents.sub(vectors).square().mean();
      return new Quantized(
          isStraightThrough ? latents.straightThrough(vectors) : vectors,
          codes,
          List.of(new LossTerm("commitment", commitment, commitmentWeight)),
          codebooks().usage(codes));
    }

    @Override
    protected Tensor computeVectors(Tensor codes) {
      long[] shape = Arrays.copyOf(codes.shape(), codes.rank() + 1);
      shape[codes.rank()] = 1;
      return codes.to(DType.FLOAT).sub(4).div(4).reshape(shape);
    }
  }

  private static VqVae model(boolean isStraightThrough, double reconstruction, double commitment) {
    return Shapes.builder(1, 3, rng -> new Rounding(isStraightThrough, commitment))
        .reconstructionLoss(
            (images, target, progress) ->
                List.of(
                    new LossTerm(
                        "reconstruction", images.meanSquaredError(target), reconstruction)))
        .build();
  }

  /** Trains for two steps, and returns the warnings of all classes. */
  private static List<String> train(VqVae model) {
    try (CapturedLog log = new CapturedLog(Quantizer.class);
        CapturedLog ofTrainer = new CapturedLog(Trainer.class)) {
      Trainer.of(model).batch(8).steps(2).workers(2).quiet().fit(IMAGES);
      assertEquals(List.of(), ofTrainer.warnings());
      return log.warnings();
    }
  }

  private static float[] values(Block block) {
    return block.parameters().get(0).toFloats();
  }

  @Test
  void aForgottenGradientIsReportedAndTheEncoderDoesNotLearn() {
    try (VqVae model = model(false, 1, 0)) {
      float[] encoder = values(model.encoder());
      float[] decoder = values(model.decoder());
      List<String> warnings = train(model);
      assertEquals(1, warnings.size(), warnings::toString);
      String warning = warnings.get(0);
      assertTrue(warning.startsWith("Rounding: the quantized latents have no gradient"), warning);
      assertTrue(warning.contains("the encoder does not learn from the reconstructions"), warning);
      assertArrayEquals(encoder, values(model.encoder()));
      assertFalse(Arrays.equals(decoder, values(model.decoder())), "the decoder learns");
    }
  }

  /** A weight of 0 of the reconstructions changes neither what is reported nor what is not. */
  @ParameterizedTest
  @CsvSource({"true, 1, 0, 0", "true, 1, 0.25, 0", "true, 0, 0.25, 0", "false, 0, 0.25, 1"})
  void onlyAForgottenGradientIsReported(
      boolean isStraightThrough, double reconstruction, double commitment, int warnings) {
    try (VqVae model = model(isStraightThrough, reconstruction, commitment)) {
      float[] encoder = values(model.encoder());
      assertEquals(warnings, train(model).size());
      assertFalse(Arrays.equals(encoder, values(model.encoder())), "the encoder learns");
    }
  }
}
