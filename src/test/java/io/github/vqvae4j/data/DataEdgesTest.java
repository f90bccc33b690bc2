package io.github.vqvae4j.data;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Augmentation;
import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.FloatDataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.CsvSeries;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edge cases of values and files. */
class DataEdgesTest {
  @TempDir Path folder;

  @Test
  void paddingLargerThanTheImageIsRejected() {
    Dataset data = new FloatDataset(new float[6], 1, 2, 3, 1);
    for (int padding : new int[] {4, 1 << 30, Integer.MAX_VALUE}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> data.augmented(Augmentation.NONE.padding(padding), 1)),
          "got a padding of " + padding + " for images of 2 x 3",
          "at most 3");
    }
    Dataset padded = data.augmented(Augmentation.NONE.padding(3), 1);
    for (int epoch = 0; epoch < 50; epoch++) {
      padded.image(0, epoch, new float[6], 0);
    }
  }

  @Test
  void labelsBelowMinusOneAreRejected() {
    ByteImages two = ByteImages.of(new byte[2], 2, 1, 1, 1);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.withLabels(new int[] {0, -2})),
        "got label -2 for image 1",
        "-1 for none");
  }

  @Test
  void gridWithUnsupportedChannelsIsRejected() {
    Images two = Images.of(new float[2], 1, 1, 1, 2);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.grid(List.of(two))),
        "Images[1, 1, 1, 2]",
        "expected 1 channel (grayscale) or 3");
  }

  @Test
  void columnsMayBeNamedLikeJavaNumbers() throws IOException {
    Series byName = CsvSeries.read(csv("land,2019,2020\na,1,2\nb,3,4\n"), "2020", "2019");
    assertArrayEquals(new float[] {2, 1, 4, 3}, byName.samples());
    // Java parses these as the numbers 1 and 5.
    assertArrayEquals(new float[] {7, 8}, CsvSeries.read(csv("1d,5f\n7,8\n")).samples());
    assertMessageContains(
        assertThrows(BadFileException.class, () -> CsvSeries.read(csv("1\n2f\n"))),
        "line 2, column 1: got \"2f\"");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> CsvSeries.read(csv("1,2\n"), "load")),
        "got the columns [1, 2], expected one with the name load");
  }

  @Test
  void lineOfMissingValuesIsNotAnEmptyLine() throws IOException {
    Path file = csv("1\t2\n\t\n3\t4\n");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> CsvSeries.read(file, '\t')),
        "line 2, column 1: got \"\"");
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }

  @Test
  void errorContainsTheNumberOfShortSeries() {
    List<Series> sounds = List.of(Series.of(new float[5], 1, 0), Series.of(new float[3], 1, 0));
    assertEquals(
        "got 2 series of at most 5 samples, expected one or more of at least 6; choose"
            + " shorter windows, or use longer series",
        assertThrows(IllegalArgumentException.class, () -> Series.windows(sounds, 6, 1))
            .getMessage());
  }
}
