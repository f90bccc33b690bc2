package io.github.vqvae4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagePaletteEdgesTest {
  @TempDir Path folder;

  /** A model's images may lie outside 0..1; no file can show that. */
  @Test
  void coloursOfImagesThatLieOutsideStayInside() throws IOException {
    float[] pixels = {-0.3f, -0.2f, 0.5f, 0.51f, 1.2f, 1.4f};
    Images images = Images.of(pixels, 1, 2, 3, 1);
    ImagePalette palette = ImagePalette.fit(images, KMeansConfig.of(3), new Rng(1));
    Codes codes = palette.encode(images);
    Images decoded = palette.decode(codes);
    float middle = Math.round(0.505f * 255) / 255f;
    assertArrayEquals(new float[] {0, 0, middle, middle, 1, 1}, decoded.pixels());
    Path file = folder.resolve("a.png");
    palette.write(codes, file);
    assertEquals(decoded, Images.read(file));
  }

  @Test
  void onePixelIsAnImage() {
    Images one = Images.of(new float[] {0.1f, 0.2f, 0.3f}, 1, 1, 1, 3);
    ImagePalette palette = ImagePalette.fit(one, KMeansConfig.of(1), new Rng(1));
    assertEquals(one, palette.decode(palette.encode(one)));
    assertEquals(0, palette.report(one, palette.encode(one)).indexBits());
  }
}
