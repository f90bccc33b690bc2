package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.memory.HeapMemory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Reads one image from a PNG, JPEG or BMP file. What the bytes mean is decided before ImageIO sees
 * them; it only decompresses.
 */
final class ImageReading {
  /**
   * Warnings of libjpeg about what it reads as it was meant: junk behind a scan (before a restart
   * marker it is a sign of damage), and scan parameters that some encoders write wrong. Any other
   * warning means that pixels were made up.
   */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "Corrupt JPEG data: \\d+ extraneous bytes before marker 0x(?!d[0-7]).*"
              + "|Invalid SOS parameters for sequential JPEG"
              + "|Inconsistent progression sequence .*");

  private ImageReading() {}

  /** All pixels of an image. */
  static Images image(Path file, OrientationNotice notice) throws IOException {
    return read(file, notice, Float.BYTES, " decoded and as floats,").toImages();
  }

  /** An image a row at a time. */
  static PictureRows rows(Path file, OrientationNotice notice) throws IOException {
    return read(file, notice, 0, " decoded,");
  }

  /**
   * Decodes an image.
   *
   * @param more bytes that each value of a pixel will take beside its decoded samples
   * @param as what memory is needed for, in a message
   */
  private static PictureRows read(Path file, OrientationNotice notice, long more, String as)
      throws IOException {
    InputFile.require(file, "an image file");
    try (FileBytes bytes = new FileBytes(file)) {
      ImageSource source = open(bytes);
      long pixels = (long) source.height() * source.width();
      String name =
          FileNames.path(file)
              + ", an image of "
              + source.height()
              + " x "
              + source.width()
              + " pixels,";
      BufferedImage picture =
          HeapMemory.guard(
              () -> name + as,
              pixels * (source.pixels().bytes() + more * source.pixels().channels()),
              () -> decode(bytes, source));
      notice.found(file, source.orientation());
      return new PictureRows(name, picture.getRaster(), source.pixels());
    }
  }

  private static ImageSource open(FileBytes bytes) throws IOException {
    FileKind kind = FileKind.of(bytes.bytes(0, (int) Math.min(bytes.size(), FileKind.BYTES)));
    return switch (kind) {
      case PNG -> PngFile.open(bytes);
      case JPEG -> JpegFile.open(bytes);
      case BMP -> BmpFile.open(bytes);
      default ->
          throw new BadFileException(
              bytes.file(),
              "byte 0",
              kind.problem(
                  FileKind.Category.IMAGE, "PNG, JPEG or BMP", "convert it to PNG or JPEG"));
    };
  }

  private static BufferedImage decode(FileBytes bytes, ImageSource source) throws IOException {
    ImageReader reader = reader(source.format());
    List<String> damage = new ArrayList<>();
    try (ImageParts parts = source.parts()) {
      reader.addIIOReadWarningListener((origin, warning) -> damage.add(warning));
      reader.setInput(parts, true, true);
      BufferedImage picture = reader.read(0);
      for (String warning : damage) {
        if (!HARMLESS.matcher(warning).matches()) {
          throw bytes.corrupt(warning, null);
        }
      }
      return picture;
    } catch (BadFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      HeapMemory.throwCausingError(e);
      // Damaged files make ImageIO's readers fail in any of their loops.
      throw bytes.corrupt(e.toString(), e);
    } finally {
      reader.dispose();
    }
  }

  /** The JDK's own reader, so that a plugin on the class path does not change what is read. */
  private static ImageReader reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
    }
    throw new IllegalStateException("expected the JDK's reader of " + format + ", got none");
  }
}
