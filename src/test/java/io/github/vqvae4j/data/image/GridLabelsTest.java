package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Grids with labels, captions and gaps. The images are gray, so that dark pixels are text. */
class GridLabelsTest {
  private static final float GRAY = 0.75f;

  @TempDir Path folder;

  @Test
  void textIsBesideImagesAndNeverCoversThem() {
    for (int side : new int[] {1, 8, 28, 64, 128}) {
      for (int channels : new int[] {1, 3}) {
        Images images = gray(3, side, side, channels);
        Images grid =
            new ImageGrid()
                .title("A title that is longer than the row")
                .columns(List.of("start", "", "a long text above a column"))
                .row("original", images)
                .captions(List.of("good\n0.1", "bad", ""))
                .space()
                .row("reconstruction", images)
                .image();
        int scale = Math.max(1, 112 / side);
        assertEquals(6L * side * scale * side * scale, count(grid, GRAY), "all pixels of images");
        assertTrue(darkPixels(grid) > 500, () -> darkPixels(grid) + " pixels of text");
        assertEquals(channels, grid.channels());
      }
    }
  }

  @Test
  void everyTextIsDrawnAtItsPlace() {
    Images images = gray(2, 28, 28, 1);
    Images plain = new ImageGrid().row(images).row(images).image();
    assertEquals(0, darkPixels(plain));
    Images labels = new ImageGrid().row("original", images).row(images).image();
    assertTrue(labels.width() > plain.width() && labels.height() < plain.height() + 20);
    int left = labels.width() - plain.width();
    assertEquals(darkPixels(labels), darkPixels(labels.crop(0, 0, 140, left)), "left of row 1");
    Images captions = new ImageGrid().row(images).captions(List.of("", "x")).row(images).image();
    assertTrue(captions.height() > plain.height() + 12);
    assertEquals(
        darkPixels(captions), darkPixels(captions.crop(112, 114, 40, 112)), "below image 2");
    Images columns = new ImageGrid().columns(List.of("x")).row(images).row(images).image();
    assertEquals(darkPixels(columns), darkPixels(columns.crop(0, 0, 30, 120)), "above column 1");
    Images title = new ImageGrid().title("x").row(images).row(images).image();
    assertEquals(darkPixels(title), darkPixels(title.crop(0, 0, 30, 20)));
    for (Images labelled : List.of(labels, captions, columns, title)) {
      assertTrue(darkPixels(labelled) > 10);
      assertEquals(4L * 112 * 112, count(labelled, GRAY), "all pixels of images");
    }
  }

  @Test
  void spaceSeparatesGroupsOfRows() {
    Images images = gray(2, 28, 28, 1);
    Images plain = new ImageGrid().row(images).row(images).row(images).image();
    Images groups = new ImageGrid().space().row(images).row(images).space().row(images).image();
    assertEquals(plain.height() + 112 / 8, groups.height(), "none above the first row");
    assertEquals(plain.width(), groups.width());
  }

  @Test
  void textHasTheHeightThatSuitsTheImages() {
    assertEquals(textHeight(28, 28), textHeight(8, 8), "enlarged to 112 pixels");
    assertTrue(textHeight(256, 256) > 1.5 * textHeight(28, 28), "an eighth of 256 pixels");
    assertEquals(textHeight(512, 512), textHeight(600, 600), "at most 40 pixels");
    assertEquals(textHeight(256, 256), textHeight(256, 300), "the shorter side");
    assertEquals(textHeight(256, 256), textHeight(300, 256), "the shorter side");
  }

  /** Returns the height that captions add. */
  private static int textHeight(int height, int width) {
    Images image = gray(1, height, width, 1);
    ImageGrid grid = new ImageGrid().row(image);
    int plain = grid.image().height();
    return grid.captions(List.of("x")).image().height() - plain;
  }

  @Test
  void enlargementIsReducedIfTextsMakeTheGridTooLarge() {
    Images row = gray(100, 28, 28, 1);
    ImageGrid grid = new ImageGrid();
    Collections.nCopies(60, row).forEach(grid::row);
    assertEquals(3, grid.layout().scale());
    grid.columns(List.of("a text that is about twice as wide as an image"));
    assertEquals(1, grid.layout().scale());
  }

  @Test
  void invalidLabelsAreRejected() {
    Images two = gray(2, 28, 28, 1);
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> new ImageGrid().captions(List.of())),
        "row(..) first");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> new ImageGrid().row(two).captions(List.of("x"))),
        "got 1 captions",
        "2 images");
    ImageGrid grid = new ImageGrid().columns(List.of("a", "b", "c")).row(two);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, grid::image), "got 3 texts", "2 columns");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new ImageGrid().image()),
        "got no images");
  }

  @Test
  void missingTextsAreRejectedAndLeaveTheGridAsItIs() {
    ImageGrid grid = new ImageGrid().columns(List.of("a")).row("label", gray(1, 28, 28, 1));
    float[] before = grid.image().pixels();
    List<String> missing = Collections.singletonList(null);
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> grid.captions(missing)),
        "ImageGrid.captions: expected texts, got [null]",
        "empty text");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> grid.captions(null)),
        "ImageGrid.captions: expected texts, got null.");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> grid.columns(missing)),
        "ImageGrid.columns: expected texts, got [null]",
        "empty text");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> grid.columns(null)),
        "ImageGrid.columns: expected texts, got null.");
    assertArrayEquals(before, grid.image().pixels());
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "DISPLAY is a variable of X11")
  void gridsHaveNoLabelsWhereJavaCannotDrawText() throws Exception {
    Path file = folder.resolve("grid.png");
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Djava.awt.headless=false") // fails as drawing does without fonts
            .environment("DISPLAY", ":77")
            .run(LabelledGrid.class, file.toString());
    assertEquals(0, result.exit(), result::toString);
    List<String> warnings = result.linesWith("Image grids are written without labels");
    assertEquals(1, warnings.size(), result::toString);
    assertTrue(warnings.get(0).contains("Install fontconfig and a font"), warnings::toString);
    Images grid = Images.read(file);
    assertEquals("Images[1, 28, 58, 1]", grid.toString());
    assertEquals(0, darkPixels(grid));
  }

  /** Writes a grid with labels twice. */
  static final class LabelledGrid {
    private LabelledGrid() {}

    public static void main(String[] arguments) throws IOException {
      for (int i = 0; i < 2; i++) {
        Images images = gray(2, 28, 28, 1);
        new ImageGrid().title("title").row("label", images).scale(1).write(Path.of(arguments[0]));
      }
    }
  }

  private static Images gray(int count, int height, int width, int channels) {
    float[] pixels = new float[count * height * width * channels];
    Arrays.fill(pixels, GRAY);
    return Images.of(pixels, count, height, width, channels);
  }

  private static long darkPixels(Images image) {
    long dark = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        dark += image.pixel(0, y, x, 0) < 0.5 ? 1 : 0;
      }
    }
    return dark;
  }

  private static long count(Images image, float value) {
    long equal = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        equal += image.pixel(0, y, x, 0) == value ? 1 : 0;
      }
    }
    return equal;
  }
}
