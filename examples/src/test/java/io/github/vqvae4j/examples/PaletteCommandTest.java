package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaletteCommandTest {
  @TempDir Path folder;

  /** An image of some twenty colours. */
  private void image(String name, int height, int width) throws IOException {
    float[] pixels = new float[height * width * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 7 / 5 % 4) / 3f;
    }
    Images.write(Images.of(pixels, 1, height, width, 3), folder.resolve("in").resolve(name));
  }

  @Test
  void eachImageIsPaintedInEachNumberOfColours() throws IOException {
    image("b.png", 20, 30);
    image("a.one.png", 8, 9);
    Files.writeString(folder.resolve("in").resolve("readme.txt"), "not an image");
    Path output = folder.resolve("out");
    Run run =
        Run.of("palette", "--data=" + folder.resolve("in"), "--colors=4,64", "--output=" + output)
            .succeeded();
    List<String> lines = run.out().lines().toList();
    assertTrue(lines.get(1).contains("colours  PSNR, dB   indices   entropy   palette"), run.out());
    assertTrue(lines.get(2).startsWith("a.one "), run.out());
    assertTrue(lines.get(5).startsWith("b "), run.out());
    assertTrue(lines.get(5).contains(" 64  Infinity"), run.out());
    assertTrue(lines.get(6).startsWith("mean of 2 "), run.out());
    assertEquals("passed over: 1 other file (readme.txt)", lines.get(8));
    assertEquals(Images.read(folder.resolve("in/b.png")), Images.read(output.resolve("b-64.png")));
    Images four = Images.read(output.resolve("a.one-4.png"));
    assertEquals("Images[1, 8, 9, 3]", four.toString());
    float[] pixels = four.pixels();
    long colors =
        IntStream.range(0, pixels.length / 3)
            .mapToObj(i -> Arrays.toString(Arrays.copyOfRange(pixels, 3 * i, 3 * i + 3)))
            .distinct()
            .count();
    assertEquals(4, colors);
    try (var files = Files.list(output)) {
      assertEquals(4, files.count());
    }
  }

  @Test
  void aPhotographThatTheHeapIsTooSmallForSaysWhatToGive() throws Exception {
    Files.createDirectory(folder.resolve("in"));
    image("large.png", 2_000, 3_000);
    String data = "--data=" + folder.resolve("in/large.png");
    String output = "--output=" + folder.resolve("out");
    for (String heap : new String[] {"48m", "100m", "200m"}) {
      Run.withHeap(heap, "palette", data, output)
          .failed(
              1, "Not enough memory on the Java heap", "-Xmx", "-Dexamples.heap=", "this machine");
    }
    Run small = Run.withHeap("48m", "palette", data, output);
    small.failed(
        1, "large.png, an image of 2000 x 3000 pixels, decoded and as floats, needs 85.8 MB");
    assertFalse(small.err().contains("--"), small.err());
  }

  @Test
  void mistakesTakeOneLineAndLeaveNothing() throws IOException {
    Path output = folder.resolve("out");
    Path in = Files.createDirectory(folder.resolve("in"));
    Run.of("palette").failed(2, "--data");
    Run.of("palette", "--data=" + in, "--colors=8,257").failed(2, "at most 256", "[8, 257]");
    Run.of("palette", "--data=" + in, "--colors=0").failed(2, "--colors", "got '0'");
    Run.of("palette", "--data=" + in, "--output=" + output).failed(1, "got no image among 0 files");
    Run.of("palette", "--data=" + folder.resolve("no.png"), "--output=" + output)
        .failed(1, "no.png", "no such file");
    image("a.png", 2, 2);
    image("a.jpg", 2, 2);
    image("a.one.png", 2, 2);
    Run.of("palette", "--data=" + in, "--output=" + output)
        .failed(1, "a.jpg and ", "a.png would be painted into one file", "rename");
    assertFalse(Files.exists(output));
  }
}
