package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
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

  /** Writes an image of about twenty colors. */
  private void image(String name, int height, int width) throws IOException {
    float[] pixels = new float[height * width * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 7 / 5 % 4) / 3f;
    }
    Images.write(Images.of(pixels, 1, height, width, 3), folder.resolve("in").resolve(name));
  }

  @Test
  void eachImageIsWrittenForEachNumberOfColors() throws IOException {
    image("b.png", 20, 30);
    image("a.one.png", 8, 9);
    Files.writeString(folder.resolve("in").resolve("readme.txt"), "not an image");
    Path output = folder.resolve("out");
    Run run =
        Run.of("palette", "--data=" + folder.resolve("in"), "--colors=4,64", "--output=" + output)
            .succeeded();
    List<String> lines = run.out().lines().toList();
    assertTrue(
        lines.get(1).contains("    K    colors  PSNR, dB   indices   entropy   palette"),
        run.out());
    assertTrue(lines.get(2).startsWith("a.one "), run.out());
    assertTrue(lines.get(5).startsWith("b "), run.out());
    long all = colors(Images.read(folder.resolve("in/b.png")));
    assertTrue(all < 64 && lines.get(5).contains(" 64        " + all + "     exact"), run.out());
    assertTrue(lines.get(6).startsWith("mean of 2 "), run.out());
    assertTrue(
        lines.get(8).startsWith("mean PSNR excludes exactly reproduced images: 2 at K = 64"),
        run.out());
    assertEquals("ignored: 1 other file (readme.txt)", lines.get(9));
    assertEquals(Images.read(folder.resolve("in/b.png")), Images.read(output.resolve("b-64.png")));
    Images four = Images.read(output.resolve("a.one-4.png"));
    assertEquals("Images[1, 8, 9, 3]", four.toString());
    assertEquals(4, colors(four));
    try (var files = Files.list(output)) {
      assertEquals(4, files.count());
    }
  }

  private static long colors(Images image) {
    float[] pixels = image.pixels();
    int each = image.channels();
    return IntStream.range(0, pixels.length / each)
        .mapToObj(i -> Arrays.toString(Arrays.copyOfRange(pixels, each * i, each * i + each)))
        .distinct()
        .count();
  }

  @Test
  void theTableMatchesTheWrittenFile() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    write(in.resolve("two.png"), 1, 0, 1);
    float[] gradient = new float[60];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = i * 4 / 255f;
    }
    write(in.resolve("gradient.png"), gradient);
    Path output = folder.resolve("out");
    Run run = Run.of("palette", "--data=" + in, "--output=" + output).succeeded();
    for (String line : run.out().lines().toList()) {
      String[] words = line.split(" +");
      if (words[0].equals("two") || words[0].equals("gradient")) {
        Images painted = Images.read(output.resolve(words[0] + "-" + words[1] + ".png"));
        long colors = colors(painted);
        assertEquals(colors, Integer.parseInt(words[2]), line);
        assertEquals(words[0].equals("two") ? 2 : Math.min(60, Integer.parseInt(words[1])), colors);
      }
    }
    List<String> means = run.out().lines().filter(line -> line.startsWith("mean of 2")).toList();
    String gradient8 =
        run.out().lines().filter(line -> line.startsWith("gradient")).findFirst().orElseThrow();
    assertTrue(
        means.get(0).matches("mean of 2 +8 +5\\.0 +" + gradient8.split(" +")[3] + " .*"),
        means.get(0));
    assertTrue(means.get(1).matches("mean of 2 +64 +31\\.0 +exact .*"), means.get(1));
    assertFalse(run.out().contains("Infinity") || run.out().contains("NaN"), run.out());
  }

  @Test
  void corruptFilesAreSkippedAndListed() throws IOException {
    image("a.png", 8, 9);
    image("c.png", 8, 9);
    Path in = folder.resolve("in");
    Files.writeString(in.resolve("b.jpg"), "not an image");
    Files.writeString(in.resolve("notes.txt"), "not meant to be one");
    Path output = folder.resolve("out");
    Run run = Run.of("palette", "--data=" + in, "--colors=4", "--output=" + output).succeeded();
    for (String text :
        new String[] {
          "mean of 2 ",
          "ignored: 1 other file (notes.txt)",
          "1 corrupt file was skipped",
          "  " + in.resolve("b.jpg") + ": byte 0: got text",
          output.toString()
        }) {
      assertTrue(run.out().contains(text), run.out());
    }
    Path other = folder.resolve("other");
    Run.of("palette", "--data=" + in.resolve("b.jpg"), "--output=" + other).failed(1, "got text");
    Files.delete(in.resolve("a.png"));
    Files.delete(in.resolve("c.png"));
    Run.of("palette", "--data=" + in, "--output=" + other)
        .failed(1, "got 1 corrupt image file", "b.jpg: byte 0: got text");
    assertFalse(Files.exists(other));
  }

  private static void write(Path file, float... gray) throws IOException {
    Images.write(Images.of(gray, 1, 1, gray.length, 1), file);
  }

  @Test
  void insufficientHeapNamesTheRequiredSize() throws Exception {
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
  void errorsArePrintedInOneLineAndLeaveNoFiles() throws IOException {
    Path output = folder.resolve("out");
    Path in = Files.createDirectory(folder.resolve("in"));
    Run.of("palette").failed(2, "--data");
    Run.of("palette", "--data=" + in, "--colors=8,257").failed(2, "at most 256", "[8, 257]");
    Run.of("palette", "--data=" + in, "--colors=0").failed(2, "--colors", "got '0'");
    Run.of("palette", "--data=" + in, "--output=" + output)
        .failed(1, "got no image files among 0 files");
    Run.of("palette", "--data=" + folder.resolve("no.png"), "--output=" + output)
        .failed(1, "no.png", "no such file");
    image("a.png", 2, 2);
    image("a.jpg", 2, 2);
    image("a.one.png", 2, 2);
    Run.of("palette", "--data=" + in, "--output=" + output)
        .failed(1, "a.jpg and ", "a.png would be written to the same file", "rename");
    assertFalse(Files.exists(output));
  }
}
