package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCommandTest {
  @TempDir Path folder;
  private Path images;

  /** Twenty gray and color images of odd sizes in two subfolders. */
  @BeforeEach
  void images() throws IOException {
    images = folder.resolve("images");
    for (int i = 0; i < 20; i++) {
      int height = 17 + i;
      int width = 31 - i;
      int channels = i % 4 == 0 ? 1 : 3;
      float[] pixels = new float[height * width * channels];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = (j / channels % width + i) % 9 / 8f;
      }
      Path label = Files.createDirectories(images.resolve(i % 2 == 0 ? "even" : "odd"));
      Images.write(Images.of(pixels, 1, height, width, channels), label.resolve(i + ".png"));
    }
  }

  private Run folder(String... more) {
    String[] args = {"folder", "--data=" + images, "--steps=20", "--hidden=8", "--dimension=4"};
    String[] all = new String[args.length + more.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Run.of(all);
  }

  @Test
  void corruptFilesAreSkippedAndOtherFilesIgnored() throws IOException {
    byte[] bytes = Files.readAllBytes(images.resolve("odd/1.png"));
    Files.write(images.resolve("odd/cut.png"), Arrays.copyOf(bytes, 60));
    Files.writeString(images.resolve("fake.jpg"), "not an image");
    Files.writeString(images.resolve("notes.txt"), "taken in June");
    Path output = folder.resolve("run");
    Run run =
        folder("--size=24", "--downsample=3", "--batch=6", "--codes=16", "--output=" + output)
            .succeeded();
    assertTrue(run.out().contains("18 training and 2 test images of 24x24, color"), run.out());
    assertTrue(run.out().contains("ignored: 1 other file (notes.txt)"), run.out());
    assertTrue(run.out().contains("2 corrupt files were skipped"), run.out());
    assertTrue(run.out().contains("cut.png: "), run.out());
    assertTrue(run.out().contains("fake.jpg: byte 0: got text"), run.out());

    Path reconstruction = folder.resolve("again.png");
    Images.write(Images.of(new float[16 * 40 * 3], 1, 16, 40, 3), folder.resolve("other-size.png"));
    Run.of(
            "reconstruct",
            "--model=" + output.resolve("model.safetensors"),
            "--image=" + folder.resolve("other-size.png"),
            "--output=" + reconstruction)
        .succeeded();
    assertEquals("Images[1, 16, 40, 3]", Images.read(reconstruction).toString());
  }

  @Test
  void errorsArePrintedInOneLineAndLeaveNoFiles() {
    Path output = folder.resolve("run");
    Run.of("folder").failed(2, "--data");
    folder("--size=0").failed(2, "--size", "got '0'");
    folder("--batch=19", "--output=" + output)
        .failed(
            1, "--batch: expected a batch size from 1 to 18 for a dataset of 18 images, got 19");
    folder("--size=30", "--batch=6", "--output=" + output)
        .failed(1, "expected a height and width that are multiples of 4", "30x30");
    Run.of("folder", "--data=" + folder.resolve("nowhere")).failed(1, "nowhere");
    assertFalse(Files.exists(output));
  }

  @Test
  void theBatchSizeIsReducedForASmallFolder() throws IOException {
    Path few = Files.createDirectory(folder.resolve("few"));
    for (int i = 1; i <= 6; i++) {
      Path output = folder.resolve("run" + i);
      Files.copy(
          images.resolve(i % 2 == 0 ? "even" : "odd").resolve(i + ".png"), few.resolve(i + ".png"));
      Run run =
          Run.of(
              "folder",
              "--data=" + few,
              "--size=16",
              "--steps=2",
              "--hidden=8",
              "--codes=4",
              "--output=" + output);
      if (i < 6) {
        run.failed(1, few + ": expected 6 or more", "held out", "got " + i + ";");
        assertFalse(Files.exists(output));
      } else {
        run.succeeded();
        assertTrue(run.out().contains("5 training and 1 test images"), run.out());
        assertTrue(
            run.out().contains("batch size reduced to 5 images, the size of the training set"),
            run.out());
        assertTrue(run.out().contains("2 steps of 5 images"), run.out());
        assertTrue(run.out().contains("0 corrupt files were skipped"), run.out());
      }
    }
    Files.writeString(few.resolve("bad.png"), "no image");
    Run run =
        Run.of(
                "folder",
                "--data=" + few,
                "--size=16",
                "--steps=1",
                "--hidden=8",
                "--codes=4",
                "--batch=2",
                "--output=" + folder.resolve("run"))
            .succeeded();
    assertTrue(run.out().contains("1 corrupt file was skipped"), run.out());
    assertFalse(run.out().contains("batch size"), run.out());
  }
}
