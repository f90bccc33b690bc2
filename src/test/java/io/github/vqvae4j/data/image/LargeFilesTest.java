package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.series.CsvSeries;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.tensor.ChildJvm;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Intact files too large for the heap throw InsufficientMemoryException, in a separate JVM. */
class LargeFilesTest {
  private static final int HEIGHT = 3_000;
  private static final int WIDTH = 4_000;
  private static final int SAMPLES = 12_000_000;
  private static final String OUT_OF_MEMORY =
      "io.github.vqvae4j.memory.InsufficientMemoryException: Not enough memory on the Java heap: ";

  @TempDir Path folder;

  /** 34.3 MB decoded, 137.3 MB as floats. */
  private Path writeImage(String name) throws IOException {
    BufferedImage buffered = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < 1000; i++) {
      buffered.setRGB(7 * i % WIDTH, 11 * i % HEIGHT, i * i);
    }
    Path file = folder.resolve(name);
    String format = name.substring(name.indexOf('.') + 1);
    assertTrue(ImageIO.write(buffered, format, file.toFile()));
    return file;
  }

  private static String end(String heap, String what, Path path) throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Xmx" + heap, "-XX:ActiveProcessorCount=4")
            .run(LargeFilesTest.class, what, path.toString());
    assertEquals(1, result.linesWith("END ").size(), result::toString);
    return result.linesWith("END ").get(0);
  }

  private static void assertRejected(String end, String... parts) {
    assertTrue(end.startsWith("END " + OUT_OF_MEMORY), end);
    for (String part : parts) {
      assertTrue(end.contains(part), () -> "expected \"" + part + "\" in " + end);
    }
  }

  /** The heap size suggested by a message. */
  private static String advised(String end) {
    Matcher setting = Pattern.compile(" -Xmx(\\d+m);").matcher(end);
    assertTrue(setting.find(), end);
    return setting.group(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void imagesThatFitOneAtATimeAreNotSkipped(String format) throws Exception {
    Path first = writeImage("0." + format);
    for (int i = 1; i < 4; i++) {
      Files.copy(first, folder.resolve(i + "." + format));
    }
    assertEquals("END 4 images", end("64m", "skipCorrupt", folder));
    assertEquals("END 4 images", end("64m", "held", folder));
  }

  @ParameterizedTest
  @CsvSource({
    "png, 28m, skipCorrupt",
    "png, 28m, held",
    "png, 28m, streamed",
    "png, 28m, image",
    "jpg, 28m, skipCorrupt",
    "jpg, 28m, streamed",
    "jpg, 28m, image",
    "bmp, 28m, skipCorrupt",
    "bmp, 28m, streamed",
    "bmp, 28m, image"
  })
  void imagesTooLargeToDecode(String format, String heap, String what) throws Exception {
    Path file = writeImage("0." + format);
    boolean floats = what.equals("image");
    Path path = floats ? file : folder;
    String end = end(heap, what, path);
    String size = floats ? "decoded and as floats, needs 171.7 MB" : "decoded, needs 34.3 MB";
    assertRejected(end, "0." + format, "3000 x 4000 pixels", size);
    assertTrue(end(advised(end), what, path).matches("END (1 images|Images.*)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void imagesTooLargeAsFloats(String format) throws Exception {
    String end = end("150m", "image", writeImage("0." + format));
    assertRejected(end, "0." + format, "3000 x 4000 pixels", "needs 171.7 MB", "-Xmx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void writtenImages(String format) throws Exception {
    // 45.8 MB as floats plus a quarter of that as bytes, more than the remaining heap.
    String end = end("56m", "write", folder.resolve("a." + format));
    assertRejected(end, "a." + format, "Images[1, 3000, 4000, 1]", "needs 11.4 MB", "-Xmx");
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void sounds() throws Exception {
    Path file = folder.resolve("a.wav");
    WavFiles.write(Series.of(new float[SAMPLES], 1, 8_000), file);
    String end = end("30m", "wav", file);
    assertRejected(end, "a.wav", "12000000 samples", "needs 45.8 MB");
    assertTrue(end(advised(end), "wav", file).startsWith("END Series"));
  }

  @Test
  void tables() throws Exception {
    Path file = folder.resolve("a.csv");
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write("value\n");
      for (int i = 0; i < SAMPLES; i++) {
        out.write(i % 10 + "\n");
      }
    }
    assertRejected(end("30m", "csv", file), "a.csv", "values", "-Xmx");
  }

  @Test
  void arrays() throws Exception {
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(file, Map.of(), Map.of("w", NamedArray.of(new float[SAMPLES], SAMPLES)));
    String end = end("30m", "safetensors", file);
    assertRejected(end, "a.safetensors, with all of its arrays, needs 45.8 MB");
    assertEquals("END {w=F32[12000000]}", end(advised(end), "safetensors", file));
  }

  @Test
  void bitmapsOfRuns() throws Exception {
    int side = 6_000;
    ByteBuffer bmp = ByteBuffer.allocate(62 + side * 50).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put((byte) 'B').put((byte) 'M').putInt(10, 62).putInt(14, 40);
    bmp.putInt(18, side).putInt(22, side).putShort(26, (short) 1).putShort(28, (short) 8);
    bmp.putInt(30, 1).putInt(46, 2).putInt(58, 0xffffff).position(62);
    for (int row = 0; row < side; row++) {
      for (int run = 0; run < 24; run++) {
        bmp.put((byte) 250).put((byte) 1);
      }
      bmp.put((byte) 0).put((byte) 0);
    }
    Path file = Files.write(folder.resolve("a.bmp"), bmp.array());
    assertRejected(end("30m", "image", file), "a.bmp", "6000 x 6000 pixels of runs, needs 34.3 MB");
  }

  @Test
  void headersOfArrays() throws Exception {
    byte[] bytes = " ".repeat(60_000_000).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length - 8L);
    bytes[8] = '{';
    bytes[9] = '}';
    Path file = Files.write(folder.resolve("a.safetensors"), bytes);
    assertRejected(end("30m", "safetensors", file), "a.safetensors, for its header, needs 57.2 MB");
  }

  /** Reads a file or folder and prints the result. */
  public static void main(String[] arguments) {
    Path path = Path.of(arguments[1]);
    String end;
    try {
      end = read(arguments[0], path);
    } catch (IOException | RuntimeException | Error e) {
      end = e.toString();
    }
    System.out.println("END " + end);
  }

  private static String read(String what, Path path) throws IOException {
    ImageFolderConfig config = ImageFolderConfig.of(64);
    return switch (what) {
      case "held" -> ImageFolder.in(path, config).size() + " images";
      case "skipCorrupt" -> ImageFolder.in(path, config.skipCorrupt(true)).size() + " images";
      case "streamed" -> Images.from(ImageFolder.in(path, config.streamed(true))).toString();
      case "image" -> Images.read(path).toString();
      case "write" -> {
        // A gray image in bytes, so that only its floats and the buffers for writing are large.
        Images.write(Images.owning(new float[HEIGHT * WIDTH], 1, HEIGHT, WIDTH, 1), path);
        yield "written";
      }
      case "wav" -> WavFiles.read(path).toString();
      case "csv" -> CsvSeries.read(path).toString();
      case "safetensors" -> Safetensors.read(path).arrays().toString();
      default -> throw new IllegalArgumentException(what);
    };
  }
}
