package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {
  @Test
  void windowsFollowTheHopInEachSeries() {
    Series first = Series.of(ramp(0, 14), 2, 10);
    Series tooShort = Series.of(ramp(50, 4), 2, 10);
    Series exact = Series.of(ramp(100, 6), 2, 10);
    Dataset windows = Series.windows(List.of(tooShort, first, tooShort, exact, tooShort), 3, 2);
    assertEquals("4 windows [1, 3, 2] every 2 samples", windows.toString());
    float[][] expected = {ramp(0, 6), ramp(4, 6), ramp(8, 6), ramp(100, 6)};
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], Images.from(windows, i).pixels(), "window " + i);
      assertEquals(-1, windows.label(i));
    }
    assertThrows(IllegalArgumentException.class, () -> windows.image(4, new float[6], 0));
    try (Batches<ImageBatch> batches = Batches.inOrder(windows, 4)) {
      assertEquals("ImageBatch[4, 1, 3, 2]", batches.next().toString());
    }
  }

  @Test
  void seriesIsImmutable() {
    float[] samples = {1, 2, 3, 4};
    Series series = Series.of(samples, 2, 44_100);
    samples[0] = 9;
    series.samples()[1] = 9;
    assertArrayEquals(new float[] {1, 2, 3, 4}, series.samples());
    assertEquals(2, series.length());
    assertEquals("Series[2, 2] at 44100.0 Hz", series.toString());
    assertEquals("Series[4, 1]", Series.of(series.samples(), 1, 0).toString());
  }

  @Test
  void rangeIsASeries() {
    Series part = Series.of(ramp(0, 10), 2, 8).range(1, 4);
    assertArrayEquals(ramp(2, 6), part.samples());
    assertEquals("Series[3, 2] at 8.0 Hz", part.toString());
    for (int[] bad : new int[][] {{-1, 2}, {2, 2}, {0, 6}}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> Series.of(ramp(0, 10), 2, 8).range(bad[0], bad[1])),
          "from " + bad[0] + " to " + bad[1],
          "<= 5");
    }
  }

  @Test
  void invalidArgumentsAreRejected() {
    for (int channels : new int[] {0, 3, 6}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Series.of(new float[5], channels, 0)),
          "got 5 samples in " + channels + " channels",
          "correct the channels");
    }
    assertThrows(IllegalArgumentException.class, () -> Series.of(new float[0], 1, 0));
    for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Series.of(new float[5], 1, rate)),
          "got a sampling rate of " + rate);
    }
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Series.of(new float[] {1, 2, 3, Float.NaN}, 2, 0)),
        "got NaN in the series at row 0, column 1, channel 1");
    Series series = Series.of(new float[5], 1, 0);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Series.windows(List.of(series), 6, 1)),
        "got 1 series of at most 5 samples",
        "at least 6;",
        "choose shorter windows");
    assertThrows(IllegalArgumentException.class, () -> Series.windows(List.of(), 1, 1));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Series.windows(List.of(series), 1, 0)),
        "windows of 1 every 0 samples");
    for (Series other :
        new Series[] {Series.of(new float[6], 2, 0), Series.of(new float[5], 1, 8)}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> Series.windows(List.of(series, other), 2, 1)),
          "got " + other + " together with Series[5, 1]",
          "equal channels and sampling rates");
    }
  }

  private static float[] ramp(int from, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = from + i;
    }
    return values;
  }
}
