package io.github.vqvae4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a folder of images may not be blamed for. */
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
  void whatIsHiddenIsNotEvenLookedInto() throws IOException {
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
  void howManyFilesWereSkippedIsKnownToEveryView() throws IOException {
    Files.writeString(folder.resolve("a/b.png"), "no image");
    Files.writeString(folder.resolve("c.jpg"), "no image");
    Dataset images = ImageFolder.in(folder, GRAY.skipBad(true));
    assertEquals(2, images.skippedFiles());
    assertEquals(2, images.split(1, 0.5).get(1).skippedFiles());
    assertEquals(2, images.augmented(Augmentation.NONE.flip(true), 1).skippedFiles());
    assertEquals(0, FloatDataset.counting(3).skippedFiles());
  }
}
