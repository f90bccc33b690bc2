package io.github.vqvae4j.model.vae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.Latents;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class VaeTest {
  private static final Dataset IMAGES = Shapes.rectangles(70, 8, 1, 1);

  @ParameterizedTest
  @CsvSource({
    "bernoulli, DOUBLE, 1e-9",
    "bernoulli, FLOAT, 2e-5",
    "learned_gaussian, DOUBLE, 1e-9",
    "learned_gaussian, FLOAT, 2e-5"
  })
  void lossAndGradientsMatchPyTorch(String likelihood, DType dtype, double tolerance)
      throws IOException {
    Golden golden = Golden.read("vae_" + likelihood);
    try (Vae model =
        Vae.builder()
            .encoder(DenseEncoder.images(2, 3, 1).hidden(5))
            .decoder(DenseDecoder.images(2, 3, 1).hidden(4))
            .latent(2)
            .likelihood(
                likelihood.equals("bernoulli")
                    ? Likelihood.bernoulli()
                    : Likelihood.learnedGaussian(1))
            .beta(golden.number("beta"))
            .build()) {
      model.convert(dtype);
      model.variables().forEach((name, variable) -> variable.set(golden.doubles(name)));
      try (Step step = Step.training(new Rng(1))) {
        Tensor images =
            dtype == DType.DOUBLE
                ? step.tensor(golden.doubles("images"), golden.shape("images"))
                : step.tensor(golden.floats("images"), golden.shape("images"));
        Posterior posterior = model.posterior(images.add(-0.5));
        Tensor latents = posterior.sample(golden.doubles("eps"));
        golden.assertClose("latents", latents.toDoubles(), tolerance);
        golden.assertClose("kl", posterior.kl().toDoubles(), tolerance);
        List<LossTerm> terms =
            model.loss(images, posterior, latents, new TrainingProgress(1, 0)).terms();
        golden.assertClose("reconstruction", terms.get(0).value().toDoubles(), tolerance);
        Tensor loss = LossTerm.total(terms);
        golden.assertClose("loss", loss.toDoubles(), tolerance);
        loss.backward();
        model
            .variables()
            .forEach(
                (name, variable) ->
                    golden.assertClose(
                        "d." + name, step.gradient(variable).toDoubles(), tolerance));
      }
    }
  }

  @Test
  void klWeightIncreasesToBeta() {
    try (Vae model = LatentModels.vae(1).beta(4).klWarmUp(100).build()) {
      assertEquals(0, klWeight(model, 0));
      assertEquals(0.04, klWeight(model, 1), 1e-12);
      assertEquals(2, klWeight(model, 50), 1e-12);
      assertEquals(4, klWeight(model, 100));
      assertEquals(4, klWeight(model, 101));
    }
    try (Vae model = LatentModels.vae(1).build()) {
      assertEquals(1, klWeight(model, 1));
    }
  }

  private static double klWeight(Vae model, long trainingStep) {
    try (Step step = Step.inference()) {
      Tensor images =
          step.tensor(IMAGES.pixels(0, 2), 2, IMAGES.height(), IMAGES.width(), IMAGES.channels());
      List<LossTerm> terms = model.loss(images, new TrainingProgress(trainingStep, 0)).terms();
      assertEquals("reconstruction", terms.get(0).name());
      assertEquals(1, terms.get(0).weight());
      assertEquals(Vae.KL, terms.get(1).name());
      return terms.get(1).weight();
    }
  }

  @Test
  void trainingSamplesLatentsAndInferenceUsesTheMean() {
    try (Vae model = LatentModels.vae(1).build()) {
      assertEquals(reconstruction(model, new Rng(1)), reconstruction(model, new Rng(1)));
      assertNotEquals(reconstruction(model, new Rng(1)), reconstruction(model, new Rng(2)));
      try (Step step = Step.inference()) {
        Tensor images =
            step.tensor(IMAGES.pixels(0, 3), 3, IMAGES.height(), IMAGES.width(), IMAGES.channels());
        ImageLoss loss = model.loss(images, new TrainingProgress(0, 0));
        float[] expected = model.reconstruct(IMAGES.range(0, 3)).pixels();
        assertArrayEquals(expected, loss.reconstruction().toFloats(), 1e-6f);
        double term = loss.terms().get(0).value().item();
        Tensor ofMean = model.negativeLogLikelihood(model.latents(images.add(-0.5)), images).mean();
        assertNotEquals(ofMean.item(), term, "the bound is computed with sampled latents");
        assertEquals(
            term, model.loss(images, new TrainingProgress(0, 0)).terms().get(0).value().item());
        assertEquals(List.of(), loss.usage());
      }
    }
  }

  private static double reconstruction(Vae model, Rng rng) {
    try (Step step = Step.training(rng)) {
      Tensor images =
          step.tensor(IMAGES.pixels(0, 3), 3, IMAGES.height(), IMAGES.width(), IMAGES.channels());
      return model.loss(images, new TrainingProgress(1, 0)).terms().get(0).value().item();
    }
  }

  @Test
  void samplesDependOnTheSeed() {
    try (Vae model = LatentModels.vae(1).build()) {
      Images samples = model.sample(67, new Rng(3));
      assertEquals("Images[67, 8, 8, 1]", samples.toString());
      assertEquals(samples, model.sample(67, new Rng(3)));
      assertNotEquals(samples, model.sample(67, new Rng(4)));
      for (float pixel : samples.pixels()) {
        assertTrue(pixel >= 0 && pixel <= 1);
      }
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.sample(0, new Rng(1))),
          "Vae.sample",
          "at least 1, got 0");
    }
    try (Vae model =
        Vae.builder()
            .encoder(ConvEncoder.channels(3).hidden(4).downsample(1).residual(0, 1))
            .decoder(ConvDecoder.channels(3).hidden(4).upsample(1).residual(0, 1))
            .latent(2, 3, 4)
            .build()) {
      assertEquals("Images[5, 4, 6, 3]", model.sample(5, new Rng(3)).toString());
    }
  }

  @Test
  void interpolationConnectsTheReconstructions() {
    try (Vae model = LatentModels.convolutional(2)) {
      Images from = Images.from(IMAGES, 3);
      Images to = Images.from(IMAGES, 4);
      Images between = model.interpolate(from, to, 5);
      assertEquals(5, between.size());
      assertArrayEquals(model.reconstruct(from).pixels(), between.image(0).pixels(), 1e-6f);
      assertArrayEquals(model.reconstruct(to).pixels(), between.image(4).pixels(), 1e-6f);
      Latents middle = model.encode(from).plus(model.encode(to)).times(0.5);
      assertArrayEquals(model.decode(middle).pixels(), between.image(2).pixels(), 1e-5f);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.interpolate(IMAGES, to, 3)),
          "two single latents");
    }
  }

  @Test
  void klIsAveragedOverAllImages() {
    try (Vae model = LatentModels.vae(1).build()) {
      double[] whole = model.klPerDimension(IMAGES);
      assertEquals(6, whole.length);
      double[] first = model.klPerDimension(IMAGES.range(0, 10));
      double[] rest = model.klPerDimension(IMAGES.range(10, 70));
      for (int i = 0; i < 6; i++) {
        assertTrue(whole[i] > 0);
        assertEquals((10 * first[i] + 60 * rest[i]) / 70, whole[i], 1e-6);
      }
    }
  }

  @Test
  void posteriorCollapseIsReportedOnce() {
    float[] dead = new float[8];
    Arrays.fill(dead, 0.009f);
    float[] half = dead.clone();
    Arrays.fill(half, 0, 4, 1);
    float[] oneUsed = dead.clone();
    oneUsed[0] = 5;
    assertEquals(List.of(), warnings(half, 1000), "half of them are in use");
    assertEquals(List.of(), warnings(dead, 299), "too early");
    List<String> warnings = warnings(oneUsed, 1000);
    assertEquals(1, warnings.size());
    for (String part :
        List.of("After 300 steps", "7 of 8", "0.01 nats", "collapse", "klWarmUp(..)")) {
      assertTrue(warnings.get(0).contains(part), warnings.get(0));
    }
  }

  /** A monitor that is replaced by one with its state warns as if it had not been. */
  @Test
  void stateOfTheCollapseMonitorIsRestored() {
    float[] kl = {1, 0, 0, 0};
    for (int step : new int[] {0, 1, 99, 100, 250, 299, 300, 400}) {
      assertEquals(warnings(kl, 500), warnings(kl, step, 500), "restored after step " + step);
    }
    assertEquals(1, warnings(kl, 500).size());
    assertThrows(IllegalArgumentException.class, () -> PosteriorCollapseMonitor.of("{}"));
  }

  private static List<String> warnings(float[] kl, int steps) {
    return warnings(kl, -1, steps);
  }

  private static List<String> warnings(float[] kl, int restored, int steps) {
    Logger logger = (Logger) LoggerFactory.getLogger(Vae.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      PosteriorCollapseMonitor monitor = new PosteriorCollapseMonitor();
      for (int i = 0; i < steps; i++) {
        if (i == restored) {
          monitor = PosteriorCollapseMonitor.of(monitor.state());
        }
        double[] statistics = new double[kl.length + 1];
        for (int j = 0; j < kl.length; j++) {
          statistics[j] = kl[j] * 32.0;
        }
        statistics[kl.length] = 32;
        monitor.add(statistics);
      }
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void mismatchedShapesAreRejected() {
    try (Vae model =
        Vae.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(1).residual(0, 1))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1).residual(0, 1))
            .latent(3, 3, 2)
            .build()) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.encode(IMAGES)),
          "[16, 3, 3, 4]",
          "got [16, 4, 4, 4]",
          "latent(..)");
    }
    try (Vae model = LatentModels.vae(1).decoder(DenseDecoder.images(8, 9, 1)).build()) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.reconstruct(IMAGES)),
          "got [70, 8, 9, 1] from the decoder",
          "[70, 8, 8, 1]");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.decode(Latents.of(new float[7], 1, 7))),
          "[.., 6]",
          "[1, 7]");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.encode(IMAGES.range(0, 0))),
          "Vae: expected at least one image");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.encode(Shapes.rectangles(1, 9, 1, 1))),
          "DenseEncoder: expected images [batch, 8, 8, 1]",
          "got [1, 9, 9, 1]",
          "images(..)");
    }
    try (Vae model = LatentModels.convolutional(1)) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.encode(Shapes.rectangles(1, 10, 1, 1))),
          "ConvVectorEncoder: expected images of 8x8",
          "got [1, 10, 10, 1]");
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertRejected(() -> Vae.builder().latent(), "height, width, D", "[]");
    assertRejected(
        () -> Vae.builder().latent(0), "VaeConfig.latent[0]: expected at least 1, got 0.");
    assertRejected(() -> Vae.builder().latent(3, 4), "[3, 4]");
    assertRejected(() -> Vae.builder().latent(1 << 20, 1 << 20, 1 << 30), "16777216");
    assertRejected(() -> Vae.builder().beta(-1), "VaeConfig.beta", "at least 0, got -1.0.");
    assertRejected(
        () -> Vae.builder().klWarmUp(-1), "VaeConfig.warmUp: expected at least 0 steps, got -1.");
    assertRejected(
        () -> DenseEncoder.images(8, 0, 1),
        "DenseEncoderConfig.width: expected at least 1, got 0.");
    assertRejected(
        () -> DenseEncoder.images(8, 8, 1).hidden(3, 0), "DenseEncoderConfig.hidden[1]", "got 0.");
    assertRejected(
        () -> DenseDecoder.images(1 << 20, 1 << 20, 1),
        "DenseDecoderConfig",
        "2^31",
        "1048576x1048576x1");
    assertRejected(
        () -> ConvEncoder.channels(1).vector(30, 28),
        "ConvVectorEncoderConfig.height: expected a positive multiple of 4",
        "got 30");
    assertRejected(
        () -> ConvDecoder.channels(1).vector(28, 28).features(0),
        "ConvVectorDecoderConfig.features",
        "got 0.");
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> Vae.builder().build()),
        "Vae.builder",
        "encoder(..)",
        "decoder(..)");
  }

  private static void assertRejected(
      org.junit.jupiter.api.function.Executable call, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, call), parts);
  }
}
