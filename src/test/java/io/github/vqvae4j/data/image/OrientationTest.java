package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** EXIF orientations of JPEG and PNG files are reported once. */
class OrientationTest {
  private static final Path BASE = Path.of("src/test/resources/cases/base.jpg");
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(Images.class);
  private static final ImageFolderConfig CONFIG = ImageFolderConfig.of(8);

  @TempDir Path folder;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    LOGGER.addAppender(log);
    LOGGER.setAdditive(false);
  }

  @AfterEach
  void stop() {
    LOGGER.detachAppender(log);
    LOGGER.setAdditive(true);
  }

  @Test
  void everyOrientationIsReadInBothByteOrders() throws IOException {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      for (int orientation = 0; orientation <= 9; orientation++) {
        int expected = orientation >= 1 && orientation <= 8 ? orientation : 1;
        assertEquals(expected, found(jpeg("Exif\0\0", exif(order, orientation))), "JPEG");
        assertEquals(expected, found(png(exif(order, orientation))), "PNG");
      }
    }
    assertEquals(6, found(Files.readAllBytes(Path.of("src/test/resources/cases/a6_o6.jpg"))));
  }

  @Test
  void corruptExifIsIgnored() throws IOException {
    byte[] whole = exif(ByteOrder.BIG_ENDIAN, 6);
    Images expected = Images.read(BASE);
    for (int length = 0; length < whole.length - 6; length++) {
      assertEquals(1, found(jpeg("Exif\0\0", Arrays.copyOf(whole, length))), length + " bytes");
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] = -1;
      assertEquals(expected, Images.read(write("a.jpg", jpeg("Exif\0\0", damaged))));
      found(png(damaged));
    }
    assertEquals(1, found(jpeg("Http\0\0", whole)));
  }

  @Test
  void oneWarningReportsTheNumberOfImagesInAFolder() throws IOException {
    for (int i = 0; i < 5; i++) {
      write(i + ".jpg", jpeg("Exif\0\0", exif(ByteOrder.LITTLE_ENDIAN, i == 2 ? 1 : i + 1)));
    }
    for (ImageFolderConfig config : List.of(CONFIG, CONFIG.skipCorrupt(true).streamed(true))) {
      log.list.clear();
      Dataset images = ImageFolder.in(folder, config);
      Images.from(images);
      String warning = onlyWarning();
      assertTrue(
          warning.startsWith("3 images have an EXIF orientation, which is ignored"), warning);
      assertTrue(warning.contains("rotate the files first"), warning);
      assertTrue(warning.endsWith("1.jpg, orientation 2"), warning);
    }
  }

  @Test
  void imageReadTwiceIsCountedOnce() {
    OrientationNotice notice = OrientationNotice.counting();
    notice.found(Path.of("a.jpg"), 6);
    notice.found(Path.of("b.jpg"), 3);
    notice.found(Path.of("a.jpg"), 6);
    notice.report();
    assertTrue(onlyWarning().startsWith("2 images have an EXIF orientation"));
  }

  @Test
  void streamedImagesReportOnlyTheFirst() throws IOException {
    for (int i = 0; i < 3; i++) {
      write(i + ".jpg", jpeg("Exif\0\0", exif(ByteOrder.LITTLE_ENDIAN, 6)));
    }
    Dataset images = ImageFolder.in(folder, CONFIG.streamed(true));
    assertEquals(0, log.list.size());
    Images.from(images);
    Images.from(images);
    assertTrue(onlyWarning().contains("0.jpg has EXIF orientation 6"), onlyWarning());
  }

  @Test
  void singleImagesAreReportedOncePerRun() throws IOException {
    for (int i = 0; i < 3; i++) {
      Images.read(write(i + ".jpg", jpeg("Exif\0\0", exif(ByteOrder.LITTLE_ENDIAN, 6))));
    }
    // Another test may have read the first one.
    assertTrue(log.list.size() <= 1, log.list.toString());
    OrientationNotice notice = OrientationNotice.atFirst();
    log.list.clear();
    for (int i = 0; i < 3; i++) {
      ImageDecoder.rows(folder.resolve(i + ".jpg"), notice);
    }
    assertTrue(onlyWarning().contains("0.jpg has EXIF orientation 6"), onlyWarning());
  }

  private String onlyWarning() {
    assertEquals(1, log.list.size(), log.list.toString());
    assertEquals(Level.WARN, log.list.get(0).getLevel());
    return log.list.get(0).getFormattedMessage();
  }

  /** Returns the orientation that the reader detects. */
  private int found(byte[] image) throws IOException {
    Path file = write("found", image);
    log.list.clear();
    ImageDecoder.rows(file, OrientationNotice.atFirst());
    if (log.list.isEmpty()) {
      return 1;
    }
    String warning = onlyWarning();
    int at = warning.indexOf("orientation ") + "orientation ".length();
    return warning.charAt(at) - '0';
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  /** A TIFF file with two entries, the width and the orientation of an image. */
  private static byte[] exif(ByteOrder order, int orientation) {
    ByteBuffer tiff = ByteBuffer.allocate(38).order(order);
    tiff.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) 0x100)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) 8)
        .putShort((short) 0);
    tiff.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return tiff.array();
  }

  private static byte[] jpeg(String start, byte[] exif) throws IOException {
    byte[] base = Files.readAllBytes(BASE);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(base, 0, 2);
    int length = 2 + start.length() + exif.length;
    file.writeBytes(new byte[] {(byte) 0xff, (byte) 0xe1, (byte) (length >> 8), (byte) length});
    file.writeBytes(start.getBytes(StandardCharsets.ISO_8859_1));
    file.writeBytes(exif);
    file.write(base, 2, base.length - 2);
    return file.toByteArray();
  }

  private static byte[] png(byte[] exif) {
    return PngBuilder.of(0, 8, 8, false).chunk("eXIf", exif).pixels(new int[64]).end();
  }
}
