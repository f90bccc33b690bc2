package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.anomaly.AnomalyScore;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.metrics.RocCurve;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A model trained on rectangles detects and localizes anomalies. */
class AnomalyTrainingTest {
  private static final int SIZE = 8;
  private static final double RATE = 0.02;

  @Test
  void grayDotsAreDetectedAndLocalized() {
    Dataset train = Shapes.rectangles(600, SIZE, 1, 1);
    Dataset heldOut = Shapes.rectangles(300, SIZE, 1, 2);
    Images normal = Images.from(Shapes.rectangles(300, SIZE, 1, 3));
    float[] pixels = normal.pixels();
    int[] dots = new int[normal.size()];
    for (int i = 0; i < dots.length; i++) {
      dots[i] = i * 29 % (SIZE * SIZE);
      pixels[i * SIZE * SIZE + dots[i]] = 0.5f;
    }
    Images anomalous = Images.of(pixels, dots.length, SIZE, SIZE, 1);
    try (VqVae model = Shapes.model(1, 2)) {
      Trainer.of(model).optimizer(Adam.rate(3e-3)).batch(32).steps(600).fit(train);
      AnomalyConfig config = AnomalyConfig.falsePositiveRate(RATE).smoothing(1).topFraction(0.05);
      AnomalyDetector detector = AnomalyDetector.calibrate(model, heldOut, config);
      List<AnomalyScore> good = detector.scores(normal);
      List<AnomalyScore> bad = detector.scores(anomalous);
      double area = RocCurve.of(totals(good), totals(bad)).auc();
      assertTrue(area > 0.8, () -> "area under the curve " + area);
      long falseAlarms = good.stream().filter(detector::isAnomalous).count();
      assertTrue(falseAlarms < 4 * RATE * normal.size(), () -> falseAlarms + " false alarms");
      Images heat = detector.heatMap(anomalous);
      int located = 0;
      for (int i = 0; i < dots.length; i++) {
        located += hottest(heat.image(i).pixels()) == dots[i] ? 1 : 0;
      }
      int count = located;
      assertTrue(located > 0.5 * dots.length, () -> count + " of " + dots.length + " located");
    }
  }

  private static int hottest(float[] heat) {
    return IntStream.range(0, heat.length).reduce(0, (best, i) -> heat[i] > heat[best] ? i : best);
  }

  private static double[] totals(List<AnomalyScore> scores) {
    return scores.stream().mapToDouble(AnomalyScore::total).toArray();
  }
}
