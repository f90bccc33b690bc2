package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelScaleTest {
  private static final ChannelScale SCALE =
      new ChannelScale(List.of(2.0, -100.0), List.of(0.5, 10.0));

  @TempDir Path folder;

  @Test
  void meanAndDeviationAreComputedPerChannelOverAllSeries() {
    // Channel 0 is 1 3 5 7 with variance 5; channel 1 is constant.
    ChannelScale scale =
        ChannelScale.of(
            List.of(
                Series.of(new float[] {1, 9, 3, 9, 5, 9}, 2, 0),
                Series.of(new float[] {7, 9}, 2, 0)));
    assertEquals(List.of(4.0, 9.0), scale.means());
    assertEquals(Math.sqrt(5), scale.standardDeviations().get(0), 1e-12);
    assertEquals(1.0, scale.standardDeviations().get(1));
  }

  @Test
  void smallDeviationAroundALargeMeanIsPrecise() {
    float[] samples = new float[100_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = 1_000_000 + i % 2;
    }
    ChannelScale scale = ChannelScale.of(List.of(Series.of(samples, 1, 0)));
    assertEquals(0.5, scale.standardDeviations().get(0), 1e-6);
  }

  @Test
  void furtherSeriesAreScaledAndInvertedWithTheSameValues() {
    Series series = Series.of(new float[] {2, -90, 3, -120}, 2, 50);
    Series scaled = SCALE.apply(series);
    assertArrayEquals(new float[] {0, 1, 2, -2}, scaled.samples());
    assertEquals("Series[2, 2] at 50.0 Hz", scaled.toString());
    assertArrayEquals(series.samples(), SCALE.invert(scaled).samples());
    assertEquals(50, SCALE.invert(scaled).samplingRate());
  }

  @Test
  void savedScaleIsLoadedUnchanged() throws IOException {
    Path file = folder.resolve("new/scale.json");
    ChannelScale scale = new ChannelScale(List.of(1 / 3.0), List.of(1e-300));
    scale.save(file);
    assertEquals(scale, ChannelScale.load(file));
  }

  @Test
  void badFilesAreRejected() throws IOException {
    rejected("no json", "not valid JSON at line 1", "ChannelScale.save");
    rejected("[1]", "expected a JSON object, got [1]");
    String head = "{\"format\":\"ChannelScale\",\"version\":1,";
    rejected(head + "\"means\":[1]}", "standardDeviations: missing");
    rejected(
        head + "\"means\":[1],\"standardDeviations\":[0]}", "settings", "each deviation above 0");
    Path missing = folder.resolve("none.json");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> ChannelScale.load(missing)),
        "ChannelScale.save");
  }

  private void rejected(String text, String... parts) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.json"), text);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ChannelScale.load(file)), parts);
  }

  @Test
  void invalidArgumentsAreRejected() {
    for (List<Double> bad :
        List.of(List.of(1.0), List.of(1.0, 0.0), List.of(1.0, -1.0), List.of(1.0, 1 / 0.0))) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> new ChannelScale(List.of(0.0, 0.0), bad)),
          "deviations " + bad,
          "ChannelScale.of");
    }
    assertThrows(
        IllegalArgumentException.class, () -> new ChannelScale(List.of(Double.NaN), List.of(1.0)));
    assertThrows(IllegalArgumentException.class, () -> new ChannelScale(List.of(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> ChannelScale.of(List.of()));
    Series mono = Series.of(new float[5], 1, 0);
    for (Runnable mistake :
        new Runnable[] {
          () -> SCALE.apply(mono),
          () -> SCALE.invert(mono),
          () -> ChannelScale.of(List.of(Series.of(new float[4], 2, 0), mono))
        }) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, mistake::run),
          "got Series[5, 1]",
          "expected 2 channels");
    }
  }

  @Test
  void longListsAreAbbreviatedInMessages() {
    List<Double> means = Collections.nCopies(100_000, 1.0);
    String message =
        assertThrows(IllegalArgumentException.class, () -> new ChannelScale(means, List.of(1.0)))
            .getMessage();
    assertTrue(message.length() < 400, message.length() + " characters");
    assertTrue(message.contains("100000 and 1 values"), message);
  }
}
