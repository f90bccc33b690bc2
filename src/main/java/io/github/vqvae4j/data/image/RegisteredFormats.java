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

  /** The maximum number of pixels of a byte of a GIF file: 12 bits are at most 4,096 pixels. */
  private static final int GIF_PIXELS_PER_BYTE = 2_731;

  /**
   * The warnings after which pixels were invented, the first two of libjpeg and the last one about
   * an opacity that is left out. Others concern metadata.
   */
  private static final List<String> FAULTS =
      List.of("Corrupt JPEG data", "Premature end", "Uncompressed WebP alpha");

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
      if (kind == FileKind.WEBP) {
        WebpFile.addWithoutProfile(file, stream);
      } else {
        stream.add(0, file.size());
      }
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
                + ", expected grayscale, RGB or a palette, samples of 1 to 16 or 32 bits, and no, LZW,"
                + " deflate, JPEG, PackBits or CCITT compression; "
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
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((origin, text) -> warnings.add(text));
    int height = decode(() -> reader.getHeight(0));
    int width = decode(() -> reader.getWidth(0));
    ImageSource.checkSize(file, height, width);
    checkBytes(height, width);
    String name = ImageDecoder.name(file, height, width);
    BufferedImage decoded =
        HeapMemory.guard(
            () -> name + use,
            (long) height * width * (Integer.BYTES + additionalBytes),
            () -> decode(() -> reader.read(0)));
    for (String warning : warnings) {
      if (FAULTS.stream().anyMatch(warning::startsWith)) {
        throw file.corrupt(warning, null);
      }
    }
    boolean scaled = kind == FileKind.TIFF && isOfJdk(reader);
    return BufferedPixels.rows(name, scaled ? TiffFile.scaled(decoded) : decoded, orientation);
  }

  /** Readers allocate the pixels before they notice that the file is too small for them. */
  private void checkBytes(int height, int width) throws IOException {
    if (kind == FileKind.TIFF && isOfJdk(reader)) {
      TiffFile.checkBytes(file, height, width);
    } else if (kind == FileKind.GIF) {
      long least = (long) height * width / GIF_PIXELS_PER_BYTE;
      ImageSource.checkBytes(file, height, width, least, file.size());
    }
  }

  private <T> T decode(HeapMemory.Task<T, IOException> task) throws IOException {
    try {
      return task.run();
    } catch (IOException | RuntimeException e) {
      throw ImageDecoder.failure(file, e);
    }
  }
}
