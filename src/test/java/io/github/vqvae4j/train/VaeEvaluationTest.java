package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Likelihood;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.tensor.Step;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The evidence lower bound of a VAE on held-out data. */
class VaeEvaluationTest {
  private static final Dataset IMAGES = Shapes.rectangles(150, 8, 1, 1);

  private static double reconstruction(Vae model, Dataset data, int start, int end, long first) {
    try (Step step = Step.inference()) {
      Dataset some = data.range(start, end);
      return model
          .loss(
              step.tensor(some.pixels(0, end - start), end - start, 8, 8, 1),
              new TrainingProgress(Long.MAX_VALUE, first))
          .terms()
          .get(0)
          .value()
          .item();
    }
  }

  @Test
  void evaluationIsIndependentOfBatchSize() {
    try (Vae model = LatentModels.vae(3).build()) {
      double expected = Evaluation.of(model, IMAGES).term("reconstruction");
      for (int batch : new int[] {1, 7, 150}) {
        double sum = 0;
        for (int start = 0; start < IMAGES.size(); start += batch) {
          int end = Math.min(start + batch, IMAGES.size());
          sum += (end - start) * reconstruction(model, IMAGES, start, end, start);
        }
        assertEquals(expected, sum / IMAGES.size(), 1e-4, "batches of " + batch);
      }
    }
  }

  @Test
  void imagesHaveDifferentNoise() {
    try (Vae model = LatentModels.vae(3).build()) {
      Images one = Images.from(IMAGES, 0);
      Set<Double> values = new HashSet<>();
      for (int i = 0; i < 150; i++) {
        values.add(reconstruction(model, one, 0, 1, i));
      }
      assertTrue(values.size() > 140, values.size() + " of 150");
      assertNotEquals(reconstruction(model, one, 0, 1, 0), reconstruction(model, one, 0, 1, 64));
    }
  }

  /** An image a thousand times as bright results in log variances of several hundred. */
  @Test
  void extremeImageDoesNotOverflowTheBound() {
    try (Vae model = LatentModels.vae(3).likelihood(Likelihood.learnedGaussian(0.1)).build()) {
      Trainer.of(model).batch(16).steps(50).fit(IMAGES);
      float[] pixels = IMAGES.pixels(0, 80);
      for (int i = 0; i < 64; i++) {
        pixels[70 * 64 + i] = 1e4f * (i % 3 + 1);
      }
      Evaluation evaluation = Evaluation.of(model, Images.of(pixels, 80, 8, 8, 1));
      assertTrue(Double.isFinite(evaluation.term("kl")), evaluation.toString());
      assertTrue(Double.isFinite(evaluation.loss()), evaluation.toString());
    }
  }
}
