package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Likelihood;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Training of models without a codebook. */
class LatentTrainingTest {
  private static final Dataset TRAIN = Shapes.rectangles(400, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(70, 8, 1, 2);

  private static Trainer<ImageBatch> trainer(io.github.vqvae4j.model.ImageModel model) {
    return Trainer.of(model).optimizer(Adam.rate(3e-3)).batch(16).steps(400);
  }

  @Test
  void autoencoderReconstructsHeldOutImages() {
    try (Autoencoder model = LatentModels.autoencoder(1)) {
      TrainingReport report = trainer(model).evaluate(TEST, 400).fit(TRAIN);
      Evaluation held = report.evaluations().get(0);
      assertTrue(held.metric(ImageModel.NORMALIZED_MSE) < 0.4, held.toString());
      assertEquals(1, report.last().terms().size());
      assertEquals(1 / TRAIN.variance(), report.last().terms().get(0).weight(), 1e-9);
      assertEquals(List.of(), report.last().windowUsage());
      assertFalse(report.toString().contains("codes"), report.toString());
      assertFalse(report.toString().contains("perplexity"), report.toString());
    }
  }

  @Test
  void vaeLearnsImageDistribution() {
    // Of six seeds, images and weights in other orders: -17.6 to -14.5 nats, and 0.18 to 0.33.
    double meanLogLikelihood = 0;
    double meanError = 0;
    for (int seed = 1; seed <= 3; seed++) {
      try (Vae model = LatentModels.vae(seed).klWarmUp(100).build()) {
        double before = mean(model.logLikelihood(TEST, 20, new Rng(1)));
        List<StepReport> reports = new ArrayList<>();
        TrainingReport report =
            trainer(model)
                .steps(800)
                .seed(seed)
                .listener(remember(reports))
                .evaluate(TEST, 800)
                .fit(TRAIN);
        Evaluation held = report.evaluations().get(0);
        double after = mean(model.logLikelihood(TEST, 20, new Rng(1)));
        String message = "seed " + seed + ": " + before + " became " + after + ", " + held;
        assertTrue(
            before < -40 && after > -19 && held.metric(ImageModel.NORMALIZED_MSE) < 0.4, message);
        meanLogLikelihood += after / 3;
        meanError += held.metric(ImageModel.NORMALIZED_MSE) / 3;
        assertEquals(0.01, reports.get(0).terms().get(1).weight(), 1e-9);
        StepReport last = report.last();
        assertEquals(1, last.terms().get(1).weight());
        assertEquals(last.term("reconstruction") + last.term(Vae.KL), last.loss(), 1e-3);
        // The closed-form KL bound is lower than the 20-sample bound, which does not use the closed
        // form, by 1.0 to 1.7 nats at a KL of 5.4 to 7. With half or twice the KL, the gap would be
        // out of range.
        double gap = after + held.term("reconstruction") + held.term(Vae.KL);
        assertTrue(gap > 0.3 && gap < 3, message + ", gap " + gap);
        assertTrue(
            Arrays.stream(model.klPerDimension(TEST)).filter(kl -> kl > 0.1).count() >= 4, message);
      }
    }
    assertTrue(meanLogLikelihood > -17, "mean of three: " + meanLogLikelihood);
    assertTrue(meanError < 0.28, "mean of three: " + meanError);
  }

  /** A larger weight of the KL divergence makes the encoder use fewer nats. */
  @Test
  void largerBetaReducesKlDivergence() {
    double[] nats = new double[3];
    double[] errors = new double[3];
    double[] betas = {0.5, 1, 2};
    for (int i = 0; i < betas.length; i++) {
      try (Vae model = LatentModels.vae(1).beta(betas[i]).klWarmUp(100).build()) {
        Evaluation held =
            trainer(model).seed(1).evaluate(TEST, 400).fit(TRAIN).evaluations().get(0);
        nats[i] = held.term(Vae.KL);
        errors[i] = held.metric(ImageModel.NORMALIZED_MSE);
      }
    }
    // 8.3, 5.1 and 3.0 nats; 0.30, 0.37 and 0.46.
    String message = Arrays.toString(nats) + ", " + Arrays.toString(errors);
    assertTrue(nats[0] > 1.3 * nats[1] && nats[1] > 1.3 * nats[2], message);
    assertTrue(errors[0] < errors[1] && errors[1] < errors[2], message);
  }

  @Test
  void learnedVarianceApproachesError() {
    try (Vae model = LatentModels.vae(1).likelihood(Likelihood.learnedGaussian(0.1)).build()) {
      TrainingReport report = trainer(model).steps(600).evaluate(TEST, 600).fit(TRAIN);
      double variance = Math.exp(model.variables().get("likelihood.logVariance").toFloats()[0]);
      double error = report.evaluations().get(0).metric(ImageModel.MSE);
      assertTrue(variance < 0.05, "from 0.1 to " + variance);
      assertTrue(
          variance > error / 2 && variance < 3 * error, variance + " compared with " + error);
    }
  }

  @Test
  void sameSeedProducesIdenticalWeights() {
    List<float[]> runs = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (Vae model = LatentModels.vae(1).build()) {
        trainer(model).steps(30).seed(5).fit(TRAIN);
        runs.add(model.variables().get("encoder.project.weight").toFloats());
      }
    }
    assertArrayEquals(runs.get(0), runs.get(1));
  }

  /** With such a large noise variance, no latent reduces the loss. */
  @Test
  void posteriorCollapseIsReported() {
    Logger logger = (Logger) LoggerFactory.getLogger(Vae.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try (Vae collapsed = LatentModels.vae(1).likelihood(Likelihood.gaussian(1000)).build();
        Vae healthy = LatentModels.vae(1).build()) {
      trainer(healthy).fit(TRAIN);
      assertEquals(0, appender.list.size());
      trainer(collapsed).steps(700).fit(TRAIN);
    } finally {
      logger.detachAppender(appender);
    }
    assertEquals(1, appender.list.size());
    assertTrue(appender.list.get(0).getFormattedMessage().contains("6 of 6 latent dimensions"));
  }

  @Test
  void posteriorCollapseIsReportedPerRun() {
    try (CapturedLog log = new CapturedLog(Vae.class);
        Vae collapsed = LatentModels.vae(1).likelihood(Likelihood.gaussian(1000)).build()) {
      trainer(collapsed).steps(299).fit(TRAIN);
      trainer(collapsed).steps(299).fit(TRAIN);
      assertEquals(List.of(), log.warnings());
      trainer(collapsed).steps(700).fit(TRAIN);
      assertEquals(1, log.warnings().size());
    }
  }

  /** The evidence lower bound can be monitored and appears in the files. */
  @Test
  void evaluationsHaveBothElboTerms() {
    try (Vae model = LatentModels.vae(1).build()) {
      TrainingReport report =
          trainer(model)
              .evaluate(TEST, 100)
              .monitor(e -> e.term("reconstruction") + e.term(Vae.KL))
              .fit(TRAIN);
      Evaluation last = report.evaluations().get(3);
      assertEquals(
          List.of("reconstruction", "kl"),
          last.losses().get(0).terms().stream().map(TermReport::name).toList());
      assertEquals(Arrays.stream(model.klPerDimension(TEST)).sum(), last.term(Vae.KL), 1e-3);
      assertEquals(last.term("reconstruction") + last.term(Vae.KL), last.loss(), 1e-9);
      double min = report.evaluations().stream().mapToDouble(Evaluation::loss).min().orElseThrow();
      assertEquals(min, report.best().orElseThrow().loss());
      // One sample of the bound, compared with the mean of 300 and their tighter bound.
      double elbo = 0;
      for (int i = 0; i < 300; i++) {
        elbo += mean(model.logLikelihood(TEST, 1, new Rng(i))) / 300;
      }
      assertEquals(elbo, -last.loss(), 1);
      assertTrue(mean(model.logLikelihood(TEST, 300, new Rng(1))) > elbo);
    }
    try (Vae warming = LatentModels.vae(1).beta(2).klWarmUp(1_000).build()) {
      Evaluation early =
          trainer(warming).steps(1).evaluate(TEST, 1).fit(TRAIN).best().orElseThrow();
      assertEquals(2, early.losses().get(0).terms().get(1).weight());
    }
  }

  @Test
  void runFilesOmitCodebookMetrics(@TempDir Path runs) throws IOException {
    try (Vae model = LatentModels.vae(1).build()) {
      RunFolder folder = RunFolder.create(runs, "vae").metricsEvery(5);
      trainer(model).steps(20).listener(folder).evaluate(TEST, 10).fit(TRAIN);
      assertEquals(Optional.empty(), folder.failure());
      String config = Files.readString(folder.path().resolve("config.json"));
      for (String part : List.of("\"model\"", "warmUp", "DenseEncoder", "BERNOULLI")) {
        assertTrue(config.contains(part), config);
      }
      List<String> lines = Files.readAllLines(folder.path().resolve("metrics.csv"));
      assertTrue(lines.get(0).contains("train/kl"), lines.get(0));
      assertTrue(
          lines
              .get(0)
              .endsWith(
                  ",validation/loss,validation/reconstruction,validation/kl"
                      + ",validation/mse,validation/normalizedMse,validation/psnr"),
          lines.get(0));
      assertFalse(lines.get(0).contains("codebook/"), lines.get(0));
      assertFalse(String.join("", lines).contains("NaN"), lines.toString());
      assertTrue(ModelStatistics.of(model, TEST).toString().contains("encoder.hidden.0.weight"));
    }
  }

  private static TrainingListener remember(List<StepReport> reports) {
    return new TrainingListener() {
      @Override
      public void onStep(TrainingRun run, StepReport report) {
        reports.add(report);
      }
    };
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
