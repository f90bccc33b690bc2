package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.data.internal.FileKind;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.HeapMemory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Images that are decoded by the readers registered in ImageIO: GIF and most TIFF files by those of
 * the JDK, further formats, other TIFF files and CMYK JPEGs by plugins on the class path. PNG, BMP
 * and other JPEG files are not read this way, so that a plugin does not change their pixels.
 */
final class RegisteredFormats {
  private static final String EXPECTED = "PNG, JPEG, BMP, GIF or TIFF";

  /** The plugins that read formats which the JDK does not read, or not completely. */
  private static final Map<FileKind, String> PLUGINS =
      Map.of(
          FileKind.JPEG, "jpeg",
          FileKind.WEBP, "webp",
          FileKind.TIFF, "tiff",
          FileKind.PHOTOSHOP, "psd",
          FileKind.ICO, "bmp",
          FileKind.NETPBM, "pnm");

  /** The formats of the JDK that are read without registered readers. */
  private static final Set<String> INTERPRETED = Set.of("png", "jpg", "jpeg", "bmp");

  /** Their file name extensions. */
  private static final List<String> EXTENSIONS =
      List.of(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp");

  private final FileBytes file;
  private final FileKind kind;
  private final ImageReader reader;

  private RegisteredFormats(FileBytes file, FileKind kind, ImageReader reader) {
    this.file = file;
    this.kind = kind;
    this.reader = reader;
  }

  /** Returns the file name extensions of all images that can be read, in lower case. */
  static List<String> extensions() {
    List<String> all = new ArrayList<>(EXTENSIONS);
    Arrays.stream(ImageIO.getReaderFileSuffixes())
        .filter(suffix -> !suffix.isBlank())
        .map(suffix -> "." + suffix.toLowerCase(Locale.ROOT))
        .distinct()
        .filter(extension -> !EXTENSIONS.contains(extension))
        .sorted()
        .forEach(all::add);
    return all;
  }

  /** Returns whether a plugin reads JPEGs; the JDK's reader does not convert CMYK. */
  static boolean hasJpegPlugin() {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
    while (readers.hasNext()) {
      if (!isOfJdk(readers.next())) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a reader or writer belongs to the JDK. */
  static boolean isOfJdk(Object plugin) {
    return plugin.getClass().getModule() == ImageIO.class.getModule();
  }

  /** Returns the advice to convert a file to another format, or to add a plugin that reads it. */
  static String advice(FileKind kind, String format) {
    String convert = "convert it to " + format;
    return PLUGINS.containsKey(kind)
        ? convert
            + ", or add the ImageIO plugin com.twelvemonkeys.imageio:imageio-"
            + PLUGINS.get(kind)
            + " to the class path"
        : convert;
  }

  /**
   * Decodes an image.
   *
   * @param orientation the EXIF orientation that is followed, 1 (upright) to 8
   * @param additionalBytes the number of bytes per pixel beyond the decoded samples
   * @param use the description of the required memory in a message
   */
  static ImageRows read(
      FileBytes file, FileKind kind, int orientation, long additionalBytes, String use)
      throws IOException {
    String special = kind == FileKind.TIFF ? TiffFile.unsupported(file) : null;
    try (CompositeImageStream stream = new CompositeImageStream(file)) {
      stream.add(0, file.size());
      ImageReader reader = reader(kind, special != null, stream);
      if (reader == null) {
        throw unsupported(file, kind, special);
      }
      try {
        reader.setInput(stream, false, true);
        return new RegisteredFormats(file, kind, reader).read(orientation, additionalBytes, use);
      } finally {
        reader.dispose();
      }
    }
  }

  private static BadFileException unsupported(FileBytes file, FileKind kind, String special) {
    String problem =
        special == null
            ? kind.problem(FileKind.Category.IMAGE, EXPECTED, advice(kind, "PNG or JPEG"))
            : "got "
                + special
                + ", expected grayscale, RGB or a palette, and no, LZW, deflate, JPEG, PackBits or CCITT"
                + " compression; "
                + advice(kind, "RGB with LZW compression");
    return new BadFileException(file.file(), special == null ? "byte 0" : "header", problem);
  }

  /**
   * Returns a reader, or null if there is none.
   *
   * @param special whether it is a TIFF file that the JDK's reader does not support
   */
  private static ImageReader reader(FileKind kind, boolean special, CompositeImageStream stream) {
    if (kind.category() != FileKind.Category.IMAGE && kind.category() != FileKind.Category.OTHER) {
      // Readers detect formats by as little as two letters, with which text may start.
      return null;
    }
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      String format = reader.getOriginatingProvider().getFormatNames()[0].toLowerCase(Locale.ROOT);
      boolean suitable =
          kind == FileKind.TIFF
              ? isOfJdk(reader) != special
              : !isOfJdk(reader) || !INTERPRETED.contains(format);
      if (suitable) {
        return reader;
      }
    }
    return null;
  }

  private ImageRows read(int orientation, long additionalBytes, String use) throws IOException {
    if (kind == FileKind.WEBP) {
      file.requireEnd(8 + file.littleEndian(4, 4));
    }
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((origin, text) -> warnings.add(text));
    int height = decode(() -> reader.getHeight(0));
    int width = decode(() -> reader.getWidth(0));
    ImageSource.checkSize(file, height, width);
    String name = ImageDecoder.name(file, height, width);
    BufferedImage decoded =
        HeapMemory.guard(
            () -> name + use,
            (long) height * width * (Integer.BYTES + additionalBytes),
            () -> decode(() -> reader.read(0)));
    for (String warning : warnings) {
      // Warnings of libjpeg, after which pixels were invented; others concern metadata.
      if (warning.startsWith("Corrupt JPEG data") || warning.startsWith("Premature end")) {
        throw file.corrupt(warning, null);
      }
    }
    return BufferedPixels.rows(name, decoded, orientation);
  }

  private <T> T decode(HeapMemory.Task<T, IOException> task) throws IOException {
    try {
      return task.run();
    } catch (IOException | RuntimeException e) {
      throw ImageDecoder.failure(file, e);
    }
  }
}
