package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.datasets.RealData;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** If the decoder looks at the whole image, the pixels of tiles are blended where they overlap. */
class BlendedPixelsTest {
  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  /**
   * Where two decoded tiles A and B overlap, pixels are (1 - w) A + w B, so that the tiles add (B -
   * A) times the change of w to the difference of neighboring pixels.
   */
  @Test
  void tilesOfModelsThatLookAtTheWholeImageAreBlended() throws IOException {
    Images photograph = Images.read(RealData.folder("kodak").resolve("kodim03.png")).toGray();
    try (VqVae model =
        TiledImagesTest.model(
            new ChainEncoder(
                TiledImagesTest.conv(1, 8, 4, 1),
                new ImageMean(),
                TiledImagesTest.conv(8, 4, 1, 1)),
            new ChainDecoder(
                TiledImagesTest.conv(4, 8, 1, 1), new ImageMean(), TiledImagesTest.up(8, 1, 4)))) {
      assertEquals(true, ReachTest.of(model, 4).encoder().isWhole());
      assertEquals(true, ReachTest.of(model, 4).decoder().isWhole());
      Codes codes = firstRows(model.encode(photograph), 40);
      Tiling.limit(new Tiling.Limits(0, 256));
      float[] blended = model.decode(codes).pixels();
      int cells = photograph.width() / 4;
      Tiling.Size size = Tiling.size(new Reach.Pass(0, 1, true), 4);
      List<TileSpan> spans = TileSpan.of(cells, size.core(), size.margin(), 1);
      assertEquals(3, spans.size());
      float[] expected = new float[blended.length];
      double seam = 0;
      float[] last = null;
      for (TileSpan span : spans) {
        Tiling.limit(Tiling.DEFAULT);
        float[] tile = model.decode(columns(codes, span)).pixels();
        float[] weights = span.weights(4, cells, true);
        for (int i = 0; i < tile.length; i++) {
          int column = i % weights.length;
          int pixel = i / weights.length * photograph.width() + 4 * span.first() + column;
          if (last != null && column < 8 * size.margin()) {
            double step = weights[column + 1] - weights[column];
            seam = Math.max(seam, Math.abs(tile[i] - last[pixel]) * step);
          }
          expected[pixel] += weights[column] * tile[i];
        }
        last = new float[blended.length];
        for (int i = 0; i < tile.length; i++) {
          last[i / weights.length * photograph.width() + 4 * span.first() + i % weights.length] =
              tile[i];
        }
      }
      assertArrayEquals(expected, blended, 1e-5f);
      assertTrue(seam > 0 && seam <= 2 / 255.0, "a step of " + seam);
      assertEquals(photograph.width(), model.reconstruct(photograph).width());
    }
  }

  private static Codes firstRows(Codes codes, int rows) {
    int width = codes.shape()[2];
    return Codes.of(Arrays.copyOf(codes.values(), rows * width), 16, 1, rows, width);
  }

  private static Codes columns(Codes codes, TileSpan span) {
    int[] values = codes.values();
    int rows = codes.shape()[1];
    int[] cut = new int[rows * span.length()];
    Arrays.setAll(
        cut, i -> values[i / span.length() * codes.shape()[2] + span.first() + i % span.length()]);
    return Codes.of(cut, 16, 1, rows, span.length());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 40, 41, 99, 200})
  void weightsOfTilesAddUpToOne(int cells) {
    for (boolean blended : new boolean[] {false, true}) {
      float[] sum = new float[cells * 3];
      for (TileSpan span : TileSpan.of(cells, 20, 5, 1)) {
        float[] weights = span.weights(3, cells, blended);
        assertEquals(span.length() * 3, weights.length);
        for (int i = 0; i < weights.length; i++) {
          sum[span.first() * 3 + i] += weights[i];
        }
      }
      for (float weight : sum) {
        assertEquals(1, weight, 1e-6f);
      }
    }
  }
}
