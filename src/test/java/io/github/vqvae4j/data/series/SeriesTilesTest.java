package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Images;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesTilesTest {
  @Test
  void windowsOverlapByTheirMargins() {
    SeriesTiles tiles = SeriesTiles.of(ramp(9, 1), 4, 1);
    assertEquals(
        "4 windows [1, 4, 1] with margins of 1 over Series[9, 1] at 10.0 Hz", tiles.toString());
    float[][] expected = {{0, 1, 2, 3}, {2, 3, 4, 5}, {4, 5, 6, 7}, {5, 6, 7, 8}};
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], Images.from(tiles, i).pixels(), "window " + i);
      assertEquals(-1, tiles.label(i));
    }
    assertThrows(IllegalArgumentException.class, () -> tiles.image(4, new float[4], 0));
  }

  @Test
  void joinedWindowsEqualTheSeries() {
    for (int time : new int[] {8, 9, 12, 13, 16, 17, 61}) {
      for (int margin : new int[] {0, 1, 2, 3}) {
        Series series = ramp(time, 2);
        SeriesTiles tiles = SeriesTiles.of(series, 8, margin);
        Series joined = tiles.join(Images.from(tiles));
        assertArrayEquals(series.samples(), joined.samples(), tiles.toString());
        assertEquals(series.toString(), joined.toString());
      }
    }
  }

  @Test
  void marginsAreDiscarded() {
    SeriesTiles tiles = SeriesTiles.of(ramp(13, 2), 8, 2);
    float[] places = new float[3 * 8];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    Series joined = tiles.join(Images.of(places, 3, 1, 8, 1));
    assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 21, 22, 23}, joined.samples());
  }

  @Test
  void codesAreJoinedLikeTheirSamples() {
    SeriesTiles tiles = SeriesTiles.of(ramp(14, 1), 8, 2);
    assertArrayEquals(
        new int[] {0, 1, 2, 5, 6, 10, 11}, tiles.join(IntStream.range(0, 12).toArray()));
    assertArrayEquals(
        new int[] {0, 1, 2},
        SeriesTiles.of(ramp(12, 1), 12, 4).join(IntStream.range(0, 3).toArray()));
  }

  @Test
  void invalidArgumentsAreRejected() {
    Series series = ramp(14, 1);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> SeriesTiles.of(series, 15, 1)),
        "got " + series,
        "at least the 15 samples",
        "shorter");
    for (int[] bad : new int[][] {{8, 4}, {8, -1}, {0, 0}}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> SeriesTiles.of(series, bad[0], bad[1])),
          "windows of " + bad[0] + " samples with a margin of " + bad[1],
          "choose longer windows");
    }
    SeriesTiles tiles = SeriesTiles.of(series, 8, 2);
    for (Images bad :
        new Images[] {
          Images.of(new float[32], 2, 1, 8, 2),
          Images.of(new float[48], 3, 2, 8, 1),
          Images.of(new float[21], 3, 1, 7, 1)
        }) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> tiles.join(bad)),
          "got " + bad + ", expected [3, 1, 8, " + bad.channels() + "]");
    }
    for (int codes : new int[] {0, 2, 4, 6, 48, 9, 3}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> tiles.join(new int[codes])),
          "got " + codes + " codes for 3 windows",
          "change the margin");
    }
    SeriesTiles odd = SeriesTiles.of(ramp(13, 1), 8, 2);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> odd.join(new int[12])),
        "got 12 codes",
        "shorten the series");
  }

  private static Series ramp(int time, int channels) {
    float[] values = new float[time * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Series.of(values, channels, 10);
  }
}
