package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Image files of other programs are read with the correct colors, or rejected with the reason. */
class ImageCasesTest {
  private static final Path CASES = Path.of("src/test/resources/cases");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a1_junk7.jpg",
        "a1_junk_dqt.jpg",
        "icc_rgb_default_gray.jpg",
        "a3_chunkmissing.jpg",
        "icc_rgb_a98.jpg"
      })
  void metadataDoesNotChangePixels(String name) throws IOException {
    assertEquals(read("base.jpg"), read(name));
  }

  @Test
  void profilesAreIgnoredInPngAndJpeg() throws IOException {
    assertEquals(read("base.png"), read("icc_rgb_a98.png"));
    assertArrayEquals(read("icc_rgb_a98.png").pixels(), read("icc_rgb_a98.jpg").pixels(), 0.1f);
  }

  @Test
  void jpegTruncatedInItsScanIsRejected() {
    rejected("a1_cut.jpg", "image data", "end of the image", "get a new copy of the file");
  }

  @Test
  void transparentGrayIsWhiteAtEveryDepth() throws IOException {
    assertEquals(1, read("a8_gray8_trns.png").pixels()[0]);
    assertEquals(1, read("a8_gray4_trns.png").pixels()[0]);
    assertEquals(read("a8_gray8_trns.png").channels(), read("a8_gray4_trns.png").channels());
  }

  @Test
  void excessivePixelCountsAreRejectedImmediately() {
    assertTimeout(
        Duration.ofSeconds(10),
        () -> rejected("rle_132_bytes_16711682_rows.bmp", "16711682 x 4", "132 bytes"));
  }

  private static Images read(String name) throws IOException {
    return Images.read(CASES.resolve(name));
  }

  private static void rejected(String name, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(name), name + " was read"), parts);
  }
}
