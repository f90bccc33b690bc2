package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoLevelsTest {
  private static final int COUNT = 5;
  private static final int SIDE = 8;

  /** Images of one brightness each, with a little noise. */
  private static Images images() {
    Rng rng = new Rng(1);
    float[] pixels = new float[COUNT * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i / (SIDE * SIDE) / 5f + rng.nextFloat() / 10;
    }
    return Images.of(pixels, COUNT, SIDE, SIDE, 1);
  }

  private static double error(Images a, Images b) {
    double sum = 0;
    for (int i = 0; i < a.pixels().length; i++) {
      sum += Math.pow(a.pixels()[i] - b.pixels()[i], 2);
    }
    return sum / a.pixels().length;
  }

  private static Images decode(VqVae2 model, Images images, int top, int bottom) {
    Codes topCodes = model.encode(images.image(top)).get(0);
    Codes bottomCodes = model.encode(images.image(bottom)).get(1);
    return model.decode(List.of(topCodes, bottomCodes));
  }

  @Test
  void theCodesOfOneLevelAreThoseOfTheNextImage() {
    Images images = images();
    try (VqVae2 model =
        VqVae2.channels(1)
            .hidden(8)
            .downsample(1, 1)
            .residual(1, 4)
            .quantizer(VectorQuantizer.ema(16, 4))
            .build()) {
      Trainer.of(model).batch(COUNT).steps(60).quiet().fit(images);
      TwoLevels levels = new TwoLevels(model);
      List<Images> rows = levels.decoded(images);
      assertEquals(4, rows.size());
      assertArrayEquals(
          model.decode(model.encode(images), 1).pixels(), rows.get(0).pixels(), 1e-5f);
      double[] errors = new double[3];
      for (int i = 0; i < COUNT; i++) {
        int next = i == COUNT - 1 ? 0 : i + 1;
        List<Images> expected =
            List.of(
                decode(model, images, next, i),
                decode(model, images, i, next),
                model.reconstruct(images.image(i)));
        for (int j = 0; j < 3; j++) {
          assertArrayEquals(
              expected.get(j).pixels(), rows.get(1 + j).image(i).pixels(), 1e-5f, "row " + j);
          errors[j] += error(images.image(i), expected.get(j)) / COUNT;
        }
      }
      GenerateMetrics.Levels found = levels.errors(images);
      assertEquals(COUNT, found.images());
      assertEquals(error(images, rows.get(0)), found.topOnly(), 1e-6);
      assertEquals(errors[0], found.otherTop(), 1e-6);
      assertEquals(errors[1], found.otherBottom(), 1e-6);
      assertEquals(errors[2], found.both(), 1e-6);
      assertTrue(found.otherTop() != found.otherBottom(), found::toString);
    }
  }

  /** The mean squared error of the mean image is the variance of the pixels around it. */
  @Test
  void theMeanImageHasTheVarianceOfEachPixel() {
    float[] pixels = new float[2 * SIDE * SIDE];
    pixels[0] = 0.2f;
    pixels[SIDE * SIDE] = 0.8f;
    Images two = Images.of(pixels, 2, SIDE, SIDE, 1);
    try (VqVae2 model = VqVae2.channels(1).hidden(8).downsample(1, 1).build()) {
      double variance = 0.3 * 0.3;
      assertEquals(variance / (SIDE * SIDE), new TwoLevels(model).errors(two).meanImage(), 1e-8);
    }
  }
}
