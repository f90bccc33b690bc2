package io.github.vqvae4j.model;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.ModelInitialization;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Diverged and untrained models are reported when they are used. */
class WeightCheckTest {
  private static final Dataset IMAGES = Shapes.rectangles(20, 8, 1, 1);

  private static void put(ImageModel model, String name, float value) {
    Variable variable = model.variables().get(name);
    float[] values = variable.toFloats();
    values[values.length - 1] = value;
    variable.set(values);
  }

  private static String first(ImageModel model, String prefix) {
    return model.variables().keySet().stream()
        .filter(n -> n.startsWith(prefix))
        .findFirst()
        .orElseThrow();
  }

  private static void assertRejected(
      ImageModel model, String name, float value, Executable... uses) {
    float before = model.variables().get(name).toFloats()[model.variables().get(name).size() - 1];
    for (Executable use : uses) {
      put(model, name, value);
      NonFiniteException error = assertThrows(NonFiniteException.class, use);
      String what = name + "[" + (model.variables().get(name).size() - 1) + "]";
      assertEquals(what, error.description());
      assertEquals(value, error.value());
      assertMessageContains(
          error,
          what + " is " + value,
          "diverged",
          "smaller learning rate",
          "load an earlier checkpoint");
      assertThrows(NonFiniteException.class, use, "the error is repeated");
      put(model, name, before);
      org.junit.jupiter.api.Assertions.assertDoesNotThrow(use);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void nonFiniteWeightsAreNamedByEveryMethod(float value) {
    try (VqVae model = Shapes.model(1, 3);
        Autoencoder autoencoder = LatentModels.autoencoder(1);
        Vae vae = LatentModels.vae(1).build()) {
      Codes codes = model.encode(IMAGES);
      AnomalyConfig anomaly = AnomalyConfig.falsePositiveRate(0.1);
      AnomalyDetector detector = AnomalyDetector.calibrate(model, IMAGES, anomaly);
      for (String part : new String[] {"encoder", "quantizer", "decoder"}) {
        assertRejected(
            model,
            first(model, part),
            value,
            () -> model.encode(IMAGES),
            () -> model.decode(codes),
            () -> model.reconstruct(IMAGES),
            () -> AnomalyDetector.calibrate(model, IMAGES, anomaly),
            () -> detector.scores(IMAGES),
            () -> detector.heatMap(IMAGES));
      }
      for (LatentModel latent : List.of(autoencoder, vae)) {
        Latents latents = latent.encode(IMAGES);
        for (String part : new String[] {"encoder", "decoder"}) {
          assertRejected(
              latent,
              first(latent, part),
              value,
              () -> latent.encode(IMAGES),
              () -> latent.decode(latents),
              () -> latent.reconstruct(IMAGES),
              () -> latent.interpolate(IMAGES.range(0, 1), IMAGES.range(1, 2), 3),
              () -> AnomalyDetector.calibrate(latent, IMAGES, anomaly));
        }
      }
      assertRejected(
          vae,
          first(vae, "encoder"),
          value,
          () -> vae.sample(2, new Rng(1)),
          () -> vae.klPerDimension(IMAGES),
          () -> vae.logLikelihood(IMAGES, 2, new Rng(1)));
    }
  }

  /** The weights are finite, but the encoder output overflows. */
  @Test
  void nonFiniteEncoderOutputIsNamed() {
    try (VqVae model = Shapes.model(1, 3);
        Autoencoder autoencoder = LatentModels.autoencoder(1);
        Vae vae = LatentModels.vae(1).build()) {
      for (ImageModel each : List.of(model, autoencoder, vae)) {
        for (Map.Entry<String, Variable> entry : each.variables().entrySet()) {
          if (entry.getKey().matches("encoder.(project|result|output|out|last).*weight")
              || entry.getKey().matches("encoder.*(bias)")) {
            float[] values = entry.getValue().toFloats();
            java.util.Arrays.fill(values, 3e38f);
            entry.getValue().set(values);
          }
        }
        NonFiniteException error =
            assertThrows(NonFiniteException.class, () -> each.reconstruct(IMAGES));
        assertEquals("the encoder output", error.description());
        assertMessageContains(error, each.getClass().getSimpleName() + ": the encoder output is ");
      }
    }
  }

  @Test
  void untrainedModelIsReportedOnce(@TempDir Path folder) throws Exception {
    try (VqVae random = Shapes.model(1, 3, VectorQuantizer.ema(16, 4).init(Initialization.NORMAL));
        VqVae uninitialized = Shapes.model(1, 3);
        Autoencoder autoencoder = LatentModels.autoencoder(1);
        Vae vae = LatentModels.vae(1).build()) {
      for (ImageModel model : List.of(random, autoencoder, vae)) {
        List<String> warnings =
            warnings(
                () -> {
                  model.reconstruct(IMAGES);
                  model.reconstruct(IMAGES);
                });
        assertEquals(1, warnings.size(), warnings.toString());
        assertMessageContains(
            new Exception(warnings.get(0)),
            model.getClass().getSimpleName(),
            "neither trained nor loaded",
            "Train it first");
      }
      List<String> warnings = warnings(() -> uninitialized.reconstruct(IMAGES));
      assertEquals(1, warnings.size(), warnings.toString());
      assertMessageContains(
          new Exception(warnings.get(0)), "VqVae", "codebook", "not been initialized from data");

      ModelInitialization.run(uninitialized, IMAGES, 4, 1);
      assertEquals(List.of(), warnings(() -> uninitialized.reconstruct(IMAGES)));
      Path file = folder.resolve("vae.safetensors");
      vae.save(file);
      try (Vae loaded = Vae.load(file)) {
        assertEquals(List.of(), warnings(() -> loaded.reconstruct(IMAGES)));
      }
    }
  }

  private static List<String> warnings(Runnable use) {
    Logger logger = (Logger) LoggerFactory.getLogger(ImageModel.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      use.run();
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
