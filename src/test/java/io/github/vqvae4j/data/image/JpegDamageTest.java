package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Corruption of a JPEG's scans is detected, also after harmless deviations. */
class JpegDamageTest {
  private static final Path SAMPLES = Path.of("src/test/resources/jpeg");
  private static final byte[] JUNK = {0, 'j', 'u', 'n', 'k', 0x55, 0};
  private static final int SIDE = 64;

  @TempDir Path folder;

  private byte[] noise;

  /** A baseline JPEG of 64 x 64 pixels of noise, one scan. */
  @BeforeEach
  void write() throws IOException {
    BufferedImage buffered = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
    Random random = new Random(1);
    for (int i = 0; i < SIDE * SIDE; i++) {
      buffered.setRGB(i % SIDE, i / SIDE, random.nextInt());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(buffered, "jpg", bytes);
    noise = bytes.toByteArray();
  }

  @Test
  void truncationIsDetectedDespiteWrongScanParameters() throws IOException {
    JpegBytes.Scan scan = JpegBytes.scans(noise).get(0);
    byte[] wrong = noise.clone();
    wrong[scan.start() - 2] = 0;
    assertEquals(read(noise), read(wrong));
    int third = scan.start() + scan.length() / 3;
    rejected(JpegBytes.remove(noise, third, scan.end()), "premature end");
    rejected(JpegBytes.remove(wrong, third, scan.end()), "premature end");
  }

  @ParameterizedTest
  @ValueSource(strings = {"multiscan", "progressive"})
  void truncationIsDetectedDespiteJunkAfterAScan(String name) throws IOException {
    byte[] file = Files.readAllBytes(SAMPLES.resolve(name + ".jpg"));
    for (byte[] junk : new byte[][] {JUNK, new byte[4], new byte[3000]}) {
      byte[] harmless = JpegBytes.insert(file, JpegBytes.scans(file).get(0).end(), junk);
      assertEquals(read(file), read(harmless));
      JpegBytes.Scan second = JpegBytes.scans(harmless).get(1);
      int cut = second.start() + second.length() / 8;
      rejected(JpegBytes.remove(harmless, cut, second.end()), "cannot be decoded");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"multiscan", "progressive"})
  void junkAfterEveryScanIsSkipped(String name) throws IOException {
    byte[] file = Files.readAllBytes(SAMPLES.resolve(name + ".jpg"));
    byte[] junky = file;
    List<JpegBytes.Scan> scans = new ArrayList<>(JpegBytes.scans(file));
    for (int i = scans.size() - 1; i >= 0; i--) {
      junky = JpegBytes.insert(junky, scans.get(i).end(), new byte[20]);
    }
    assertEquals(read(file), read(junky));
  }

  @Test
  void leftoverScanDataIsCorruptUnlessShortOrZero() throws IOException {
    JpegBytes.Scan scan = JpegBytes.scans(noise).get(0);
    byte[] text = "no pixels ".repeat(50).getBytes(StandardCharsets.US_ASCII);
    rejected(JpegBytes.insert(noise, scan.end(), text), "extraneous bytes");
    byte[] flat = flat();
    JpegBytes.Scan all = JpegBytes.scans(flat).get(0);
    byte[] zeroed = JpegBytes.insert(flat, all.end(), new byte[3000]);
    assertEquals(read(flat), read(zeroed));
  }

  @Test
  void zerosInPlaceOfTheEndOfAScanAreRejected() throws IOException {
    JpegBytes.Scan scan = JpegBytes.scans(noise).get(0);
    for (int part = 1; part < 10; part++) {
      byte[] zeroed = noise.clone();
      Arrays.fill(zeroed, scan.start() + scan.length() * part / 10, scan.end(), (byte) 0);
      rejected(zeroed, "cannot be decoded");
      byte[] more = JpegBytes.insert(zeroed, scan.end(), new byte[20_000]);
      rejected(more, "cannot be decoded");
    }
  }

  @Test
  void restartIntervalWithoutMarkersIsRejected() throws IOException {
    int scan = JpegBytes.segments(noise).get(JpegBytes.segments(noise).size() - 2);
    for (int interval : new int[] {1, 4, 8, 15}) {
      byte[] file = JpegBytes.insert(noise, scan, JpegBytes.segment(0xdd, "\0" + (char) interval));
      rejected(file, "restart markers");
    }
    byte[] none = JpegBytes.insert(noise, scan, JpegBytes.segment(0xdd, "\0\100"));
    assertEquals(read(noise), read(none));
  }

  @Test
  void missingAndMisorderedRestartMarkersAreRejected() throws IOException {
    byte[] file = Files.readAllBytes(SAMPLES.resolve("restart.jpg"));
    JpegBytes.Scan scan = JpegBytes.scans(file).get(0);
    int markers = 0;
    for (int at = scan.start(); at < scan.end(); at++) {
      if (file[at] == -1 && (file[at + 1] & 0xf8) == 0xd0) {
        markers++;
        rejected(JpegBytes.remove(file, at, at + 2), "restart markers");
        byte[] wrong = file.clone();
        wrong[at + 1] ^= 1;
        rejected(wrong, "restart markers");
      }
    }
    assertTrue(markers > 1);
    byte[] last = {-1, (byte) (0xd0 + markers % 8)};
    assertEquals(read(file), read(JpegBytes.insert(file, scan.end(), last)), "one more at the end");
  }

  @Test
  void errorNamesHeightAfterTheScan() throws IOException {
    byte[] file = noise.clone();
    int frame = JpegBytes.frame(file);
    file[frame + 5] = 0;
    file[frame + 6] = 0;
    byte[] lines = JpegBytes.segment(0xdc, "\0" + (char) SIDE);
    rejected(
        JpegBytes.insert(file, file.length - 2, lines),
        "header",
        "height follows its scan (DNL)",
        "save it again");
  }

  private static byte[] flat() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR), "jpg", bytes);
    return bytes.toByteArray();
  }

  private Images read(byte[] bytes) throws IOException {
    return Images.read(Files.write(folder.resolve("a.jpg"), bytes));
  }

  private void rejected(byte[] bytes, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(bytes), bytes.length + " bytes"), parts);
  }
}
