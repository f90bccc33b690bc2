package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Edge cases of image folders. */
class ImageFolderEdgesTest {
  private static final ImageFolderConfig GRAY = ImageFolderConfig.of(2).gray();

  @TempDir Path folder;

  @BeforeEach
  void images() throws IOException {
    Files.createDirectory(folder.resolve("a"));
    for (int i = 0; i < 8; i++) {
      Images.write(Images.of(new float[16], 1, 4, 4, 1), folder.resolve("a/" + i + ".png"));
    }
  }

  @Test
  void hiddenFoldersAreNotListed() throws IOException {
    Path hidden = Files.createDirectories(folder.resolve(".trash/deep"));
    link(hidden.resolve("loop"), hidden);
    Files.writeString(hidden.resolve("b.png"), "no image");
    assertEquals(8, ImageFolder.in(folder, GRAY).size());
  }

  private static void link(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
    } catch (IOException | UnsupportedOperationException e) {
      assumeFalse(true, "this system lets us make no symbolic links");
    }
  }

  @Test
  void viewsReportTheNumberOfSkippedFiles() throws IOException {
    Files.writeString(folder.resolve("a/b.png"), "no image");
    Files.writeString(folder.resolve("c.jpg"), "no image");
    Dataset images = ImageFolder.in(folder, GRAY.skipCorrupt(true));
    assertEquals(2, images.skippedFiles());
    assertEquals(2, images.split(1, 0.5).get(1).skippedFiles());
    assertEquals(2, images.augmented(Augmentation.NONE.flip(true), 1).skippedFiles());
    assertEquals(0, FloatDataset.counting(3).skippedFiles());
  }

  @Test
  void firstCorruptFileInOrderIsReported() throws IOException {
    Images.write(Images.of(new float[1_500 * 1_500], 1, 1_500, 1_500, 1), folder.resolve("b.png"));
    byte[] large = Files.readAllBytes(folder.resolve("b.png"));
    // Takes longer to read than all others, because only its end is missing.
    Files.write(folder.resolve("b.png"), Arrays.copyOf(large, large.length - 200));
    for (int i = 10; i < 60; i++) {
      Files.writeString(folder.resolve("c" + i + ".png"), "no image");
    }
    for (int i = 0; i < 5; i++) {
      BadFileException e = assertThrows(BadFileException.class, () -> ImageFolder.in(folder, GRAY));
      assertEquals("b.png", e.file().getFileName().toString());
    }
  }

  @Test
  void logContainsTheNumberOfUnlabeledImages() throws IOException {
    Files.copy(folder.resolve("a/0.png"), folder.resolve("z.png"));
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(ImageFolder.class);
    log.start();
    logger.addAppender(log);
    try {
      ImageFolder.in(folder, GRAY);
      ImageFolder.in(folder, GRAY.labels(List.of("a", "b")));
      Files.copy(folder.resolve("z.png"), folder.resolve("y.png"));
      ImageFolder.in(folder, GRAY.streamed(true));
      ImageFolder.in(folder.resolve("a"), GRAY);
    } finally {
      logger.detachAppender(log);
    }
    List<String> lines = log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertStarts("9 images [2, 2, 1], 1 label, 1 unlabeled image, held in memory", lines.get(0));
    assertStarts("9 images [2, 2, 1], 2 labels, 1 unlabeled image, held in memory", lines.get(1));
    assertStarts("10 images [2, 2, 1], 1 label, 2 unlabeled images, streamed", lines.get(2));
    assertStarts("8 images [2, 2, 1], 0 labels, held in memory", lines.get(3));
    // Given label names imply a label for every image.
    assertEquals(
        List.of(Level.INFO, Level.WARN, Level.INFO, Level.INFO),
        log.list.stream().map(ILoggingEvent::getLevel).toList());
  }

  private static void assertStarts(String expected, String line) {
    assertTrue(line.startsWith(expected), line);
  }

  @Test
  void singularIsUsedForOneFile() throws IOException {
    Path one = Files.createDirectory(folder.resolve("one"));
    Files.copy(folder.resolve("a/0.png"), one.resolve("1.png"));
    ImageFolder image = ImageFolder.in(one, GRAY);
    assertStarts("1 image [2, 2, 1], 0 labels", image.toString());
    assertStarts("1 image", image.select(0).toString());
    assertStarts("1 file in ", FolderListing.images(one).toString());
    Files.writeString(one.resolve("1.png"), "no image");
    BadFileException e =
        assertThrows(BadFileException.class, () -> ImageFolder.in(one, GRAY.skipCorrupt(true)));
    assertTrue(e.getMessage().contains("got 1 image file that cannot be read"), e.getMessage());
    Files.move(one.resolve("1.png"), one.resolve("1.txt"));
    e = assertThrows(BadFileException.class, () -> ImageFolder.in(one, GRAY));
    assertTrue(e.getMessage().contains("got no image files among 1 file ("), e.getMessage());
  }
}
