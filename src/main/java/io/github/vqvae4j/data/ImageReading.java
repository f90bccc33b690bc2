package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.InputFile;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads one image from a PNG, JPEG or BMP file. */
final class ImageReading {
  /** Some 64 million: what one may reasonably decode into memory at once. */
  static final int MAX_PIXELS = 1 << 26;

  private static final Set<String> FORMATS = Set.of("png", "jpeg", "bmp");

  private ImageReading() {}

  static PictureRows read(Path file) throws IOException {
    InputFile.require(file, "an image file");
    // Streamed through memory: ImageIO's own choice would be a copy in the temporary folder.
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        ImageInputStream stream = new MemoryCacheImageInputStream(bytes)) {
      ImageReader reader = reader(file, stream);
      try {
        return new PictureRows(decode(file, stream, reader));
      } finally {
        reader.dispose();
      }
    }
  }

  private static ImageReader reader(Path file, ImageInputStream stream) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    if (readers.hasNext()) {
      ImageReader reader = readers.next();
      String format = reader.getFormatName().toLowerCase(Locale.ROOT);
      if (FORMATS.contains(format)) {
        return reader;
      }
      reader.dispose();
    }
    throw new BadFileException(
        file,
        "byte 0",
        "not an image of a known kind, expected PNG, JPEG or BMP; convert it to one of these, or"
            + " check the path");
  }

  private static BufferedImage decode(Path file, ImageInputStream stream, ImageReader reader)
      throws IOException {
    List<String> damage = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> damage.add(warning));
    // Metadata is left unread: it is not needed, and damage in it asks for absurd memory.
    reader.setInput(stream, true, true);
    BufferedImage picture;
    try {
      checkSize(file, reader.getWidth(0), reader.getHeight(0));
      picture = reader.read(0);
    } catch (BadFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Damaged files make ImageIO's readers fail in any of their loops.
      throw corrupt(file, e.toString(), e);
    }
    for (String warning : damage) {
      // A JPEG that was cut off is filled up with gray, and only a warning says so.
      if (warning.startsWith("Truncated") || warning.startsWith("Corrupt")) {
        throw corrupt(file, warning, null);
      }
    }
    return picture;
  }

  private static void checkSize(Path file, int width, int height) throws BadFileException {
    if ((long) width * height > MAX_PIXELS) {
      throw new BadFileException(
          file,
          "header",
          "got an image of "
              + height
              + " x "
              + width
              + " pixels, expected at most "
              + MAX_PIXELS
              + " pixels; make it smaller first");
    }
  }

  private static BadFileException corrupt(Path file, String reason, Exception cause) {
    return new BadFileException(
        file,
        "image data",
        "cannot be decoded ("
            + reason
            + "), expected a whole, sound image; get the file anew or"
            + " save it again as PNG",
        cause);
  }
}
