package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.datasets.RealData;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ImageFolderTest {
  private static final ImageFolderConfig GRAY = ImageFolderConfig.of(2).gray();

  @TempDir Path folder;

  @Test
  void subfoldersAreLabelsAndImagesAreOrderedByPath() throws IOException {
    flat("rose/b.png", 2);
    flat("rose/a/deep.PNG", 1);
    flat("aster/x.bmp", 0);
    flat("rose.png", 4);
    flat("loose.jpg", 3);
    Files.createDirectories(folder.resolve("tulip"));
    for (ImageFolderConfig config : List.of(GRAY, GRAY.streamed(true), GRAY.skipCorrupt(true))) {
      ImageFolder images = ImageFolder.in(folder, config);
      assertEquals(List.of("aster", "rose"), images.labelNames());
      assertEquals(
          List.of(new IgnoredPath(folder.resolve("tulip"), IgnoredPath.Kind.EMPTY_FOLDER)),
          images.ignored());
      assertEquals(5, images.size());
      int[] values = {0, 3, 1, 2, 4};
      int[] labels = {0, -1, 1, 1, -1};
      for (int i = 0; i < 5; i++) {
        assertEquals(labels[i], images.label(i), "label " + i);
        assertArrayEquals(flat(values[i]), image(images, i), "image " + i);
      }
      assertEquals(List.of(), images.skipped());
      assertThrows(IllegalArgumentException.class, () -> images.image(5, new float[4], 0));
      assertThrows(IllegalArgumentException.class, () -> images.label(-1));
    }
  }

  @Test
  void testFolderUsesTheLabelsOfTheTrainingFolder() throws IOException {
    flat("cat/1.png", 1);
    flat("eel/1.png", 2);
    Files.createDirectory(folder.resolve("dog"));
    List<String> training = List.of("cat", "dog", "eel");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(ImageFolder.class);
    log.start();
    logger.addAppender(log);
    ImageFolder images;
    try {
      images = ImageFolder.in(folder, GRAY.labels(training));
      ImageFolder.in(folder, GRAY);
    } finally {
      logger.detachAppender(log);
    }
    assertEquals(
        List.of(Level.INFO, Level.WARN), log.list.stream().map(ILoggingEvent::getLevel).toList());
    for (ILoggingEvent line : log.list) {
      assertTrue(line.getFormattedMessage().endsWith("ignored: 1 subfolder without images (dog)"));
    }
    assertEquals(training, images.labelNames());
    assertEquals(List.of(0, 2), List.of(images.label(0), images.label(1)));
    assertEquals(1, ImageFolder.in(folder, GRAY).label(1), "without them it is another number");
    flat("fox/1.png", 3);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageFolder.in(folder, GRAY.labels(training))),
        "subfolders: got images in fox, expected subfolders among the labels cat, dog, eel",
        "ImageFolderConfig.labels");
  }

  @Test
  void imagesInMemoryAndStreamedImagesAreIdentical() throws IOException {
    float[] noise = new float[9 * 14 * 3];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (i * 37 % 256) / 255f;
    }
    write("a.png", Images.of(noise, 1, 9, 14, 3));
    write("b.jpg", Images.of(noise, 1, 14, 9, 3));
    write("c.png", Images.of(noise, 1, 9, 14, 3).toGray());
    for (ImageFit fit : ImageFit.values()) {
      ImageFolderConfig config = ImageFolderConfig.of(8, 7).fit(fit);
      ImageFolder held = ImageFolder.in(folder, config);
      ImageFolder streamed = ImageFolder.in(folder, config.streamed(true));
      assertEquals(8 * 7 * 3, held.imageLength());
      assertEquals(List.of(), held.labelNames());
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(image(held, i), image(streamed, i));
        assertEquals(-1, held.label(i));
      }
      ImageFolder gray = ImageFolder.in(folder, config.gray());
      assertEquals(1, gray.channels());
      float[] expected = Images.from(held, 0).toGray().pixels();
      assertArrayEquals(expected, image(gray, 0), 1.1f / 255);
    }
  }

  @Test
  void unscaledImageKeepsItsBytes() throws IOException {
    float[] all = new float[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = i / 255f;
    }
    write("a.png", Images.of(all, 1, 16, 16, 1));
    assertArrayEquals(all, image(ImageFolder.in(folder, ImageFolderConfig.of(16).gray()), 0));
  }

  @Test
  void corruptFilesAreErrorsOrSkippedAndNamed() throws IOException {
    flat("a.png", 1);
    Files.writeString(folder.resolve("b.png"), "no image");
    byte[] cut = Files.readAllBytes(folder.resolve("a.png"));
    Files.write(folder.resolve("c.png"), Arrays.copyOf(cut, cut.length / 2));
    // In a PNG the width and the height are at bytes 16 and 20.
    ByteBuffer.wrap(cut).putInt(16, 100_000).putInt(20, 100_000);
    Files.write(folder.resolve("d.png"), cut);
    flat("e.png", 2);
    Files.writeString(folder.resolve("notes.txt"), "not meant to be one");
    Files.writeString(folder.resolve(".hidden.png"), "nor this");
    Files.createDirectory(folder.resolve(".cache"));

    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageFolder.in(folder, GRAY)),
        folder.toString(),
        ".png",
        "or skip such files with skipCorrupt(true)");
    for (boolean streamed : new boolean[] {false, true}) {
      ListAppender<ILoggingEvent> log = new ListAppender<>();
      Logger logger = (Logger) LoggerFactory.getLogger(ImageFolder.class);
      log.start();
      logger.addAppender(log);
      ImageFolder images;
      try {
        images = ImageFolder.in(folder, GRAY.skipCorrupt(true).streamed(streamed));
      } finally {
        logger.detachAppender(log);
      }
      assertEquals(2, images.size());
      assertArrayEquals(flat(1), image(images, 0));
      assertArrayEquals(flat(2), image(images, 1));
      assertEquals(List.of(), images.labelNames());
      assertEquals(
          List.of("b.png", "c.png", "d.png"),
          images.skipped().stream().map(s -> s.file().getFileName().toString()).toList());
      assertTrue(images.skipped().get(2).reason().contains("100000 x 100000"));
      assertEquals(2, log.list.size(), "one line and one warning");
      String line = log.list.get(0).getFormattedMessage();
      assertTrue(
          line.contains("2 images [2, 2, 1], 0 labels, " + (streamed ? "str" : "held")), line);
      assertTrue(
          line.endsWith("ignored: 1 other file (notes.txt), 2 hidden (.cache, .hidden.png)"), line);
      String warning = log.list.get(1).getFormattedMessage();
      assertTrue(warning.startsWith("Skipped 3 of 5 image files"), warning);
      assertTrue(
          warning.contains("b.png: byte 0: got text, expected PNG, JPEG, BMP, GIF or TIFF"),
          warning);
    }
  }

  @Test
  void unreadableStreamedImageIsNamedInTheError() throws IOException {
    flat("a.png", 1);
    Files.writeString(folder.resolve("b.png"), "no image");
    ImageFolder images = ImageFolder.in(folder, GRAY.streamed(true));
    assertEquals(2, images.size());
    try (Batches<ImageBatch> batches = Batches.inOrder(images, 1)) {
      assertArrayEquals(flat(1), batches.next().images());
      UncheckedIOException e = assertThrows(UncheckedIOException.class, batches::next);
      assertMessageContains(
          e, folder.resolve("b.png").toString(), "expected PNG, JPEG, BMP, GIF or TIFF");
    }
  }

  @Test
  void subfoldersDifferingInUnicodeNormalizationAreOneLabel() throws IOException {
    Path composed = Files.createDirectories(FileNames.resolve(folder, "caf\u00e9"));
    Path decomposed = Files.createDirectories(FileNames.resolve(folder, "cafe\u0301"));
    assumeFalse(Files.isSameFile(composed, decomposed), "the file system treats them as the same");
    flat("a.png", 1);
    flat("b.png", 1);
    Files.move(folder.resolve("a.png"), composed.resolve("a.png"));
    Files.move(folder.resolve("b.png"), decomposed.resolve("b.png"));
    ImageFolder images = ImageFolder.in(folder, GRAY);
    assertEquals(List.of("caf\u00e9"), images.labelNames());
    assertEquals(List.of(0, 0), List.of(images.label(0), images.label(1)));
  }

  @Test
  void foldersWithoutImagesAreRejected() throws IOException {
    Path none = folder.resolve("none");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> ImageFolder.in(none, GRAY)),
        none.toString(),
        "no such folder",
        "check the path");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageFolder.in(folder, GRAY)),
        "no image files among 0 files",
        ".png, .jpg, .jpeg, .jpe, .jfif, .bmp");
    Files.writeString(folder.resolve("a.txt"), "text");
    Files.writeString(folder.resolve("b.heic"), "ftyp");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageFolder.in(folder, GRAY)),
        "no image files among 2 files",
        "convert them");
    Files.writeString(folder.resolve("b.png"), "no image");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageFolder.in(folder, GRAY.skipCorrupt(true))),
        "got 1 image file that cannot be read, expected one or more",
        "b.png: byte 0");
  }

  @Test
  void imageTooSmallToCropIsABadFile() throws IOException {
    flat("a.png", 1);
    ImageFolderConfig config = ImageFolderConfig.of(5).fit(ImageFit.CENTER);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> ImageFolder.in(folder, config)),
        "a.png: header: got an image of 4 x 4",
        "at least 5 x 5",
        "choose COVER");
  }

  @Test
  void errorForInsufficientMemorySuggestsStreaming() throws IOException {
    flat("a.png", 1);
    flat("b.png", 1);
    ImageFolderConfig config = ImageFolderConfig.of(20_000);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ImageFolder.in(folder, config)),
        "[2, 20000, 20000, 3]",
        "streamed(true)");
    assertEquals(2, ImageFolder.in(folder, config.streamed(true)).size());
  }

  @Test
  void invalidSettingsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ImageFolderConfig.of(0, 3)),
        "ImageFolderConfig.height: expected at least 1, got 0.");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> new ImageFolderConfig(1, 1, 2, ImageFit.COVER, false, false, true, List.of())),
        "ImageFolderConfig.channels: expected 1 (grayscale) or 3 (red, green, blue), got 2.");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> GRAY.labels(List.of("a", "b", "a"))),
        "ImageFolderConfig.labels: expected distinct names, got [a, b, a]; remove");
  }

  @Test
  void realPhotographsAreFittedToSquares() throws IOException {
    Path kodak = RealData.folder("kodak");
    ImageFolder images = ImageFolder.in(kodak, ImageFolderConfig.of(64));
    assertEquals(8, images.size());
    // The mean of an image's center hardly changes when it is scaled down.
    Images large = Images.read(kodak.resolve("kodim03.png"));
    double sum = 0;
    for (int i = 0; i < 512 * 512 * 3; i++) {
      sum += large.pixel(0, i / 3 / 512, 128 + i / 3 % 512, i % 3);
    }
    double small = 0;
    for (float value : image(images, 0)) {
      small += value;
    }
    assertEquals(sum / (512 * 512 * 3), small / (64 * 64 * 3), 2e-3);
  }

  /** Writes an image of 4 x 4 pixels of one gray value. */
  private void flat(String name, int step) throws IOException {
    float[] pixels = new float[16];
    Arrays.fill(pixels, 50 * step / 255f);
    Path png = folder.resolve("flat.png");
    Images.write(Images.of(pixels, 1, 4, 4, 1), png);
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.move(png, file);
  }

  private static float[] flat(int step) {
    float[] pixels = new float[4];
    Arrays.fill(pixels, 50 * step / 255f);
    return pixels;
  }

  private void write(String name, Images image) throws IOException {
    Images.write(image, folder.resolve(name));
  }

  private static float[] image(Dataset data, int index) {
    float[] image = new float[data.imageLength()];
    data.image(index, image, 0);
    return image;
  }
}
