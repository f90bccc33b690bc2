package io.github.vqvae4j.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.ErrorText;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.CapturedLog;
import io.github.vqvae4j.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A prior that does not name its model is used with a warning. */
class UnknownPriorTest {
  private static final AnomalyConfig TENTH = AnomalyConfig.falsePositiveRate(0.1);

  private static Images noise(int count, long seed) {
    float[] pixels = new float[count * 64];
    new Rng(seed).fillUniform(pixels, 0, pixels.length);
    return Images.of(pixels, count, 8, 8, 1);
  }

  private static PixelCnn prior() {
    return PixelCnn.ofCodes(16).layers(1).channels(4).headChannels(8).build();
  }

  private static List<String> warnings(VqVae model, PixelCnn prior) {
    try (CapturedLog log = new CapturedLog(AnomalyDetector.class)) {
      AnomalyDetector.calibrate(model, prior, noise(9, 1), TENTH);
      return log.warnings();
    }
  }

  @Test
  void aPriorOfAnUnknownModelIsAWarning() {
    try (VqVae model = Shapes.model(1, 2);
        PixelCnn untrained = prior();
        PixelCnn ofUnknown = prior();
        PixelCnn known = prior()) {
      Codes codes = model.encode(noise(8, 2));
      Codes withoutHash = Codes.of(codes.values(), codes.codebooks(), codes.shape());
      Trainer.of(ofUnknown).steps(1).batch(4).quiet().fit(withoutHash);
      Trainer.of(known).steps(1).batch(4).quiet().fit(codes);
      for (PixelCnn prior : List.of(untrained, ofUnknown)) {
        List<String> warnings = warnings(model, prior);
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(
            warnings.get(0).startsWith("The prior does not name the model whose codes it was"),
            warnings::toString);
      }
      assertEquals(List.of(), warnings(model, known));
    }
  }

  @Test
  void loadNamesAMissingPrior() {
    try (VqVae model = Shapes.model(1, 2)) {
      ErrorText.assertMessageContains(
          assertThrows(
              NullPointerException.class,
              () -> AnomalyDetector.load(Path.of("detector.json"), model, null)),
          "AnomalyDetector.load: expected a prior, got null");
    }
  }
}
