package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.data.internal.FileKind;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The segments of a JPEG file. Only tables and scans are passed to ImageIO, with an Adobe segment
 * that declares the color space according to the rules of libjpeg, which differ from those of
 * ImageIO. Junk between segments, color profiles and metadata are dropped. CMYK files are only
 * checked here; a plugin decodes and converts them.
 */
final class JpegFile {
  private static final int SIGNATURE_LENGTH = 2;

  private static final int MARKER = 0xff;
  private static final int FRAME = 0xc0;
  private static final int HUFFMAN_TABLES = 0xc4;
  private static final int ARITHMETIC_TABLES = 0xcc;
  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int SCAN = 0xda;
  private static final int QUANTIZATION_TABLES = 0xdb;
  private static final int LINES = 0xdc;
  private static final int RESTART_INTERVAL = 0xdd;
  private static final int JPEG_LS_FRAME = 0xf7;
  private static final int COMMENT = 0xfe;

  /** The length of the name of a color profile, the number of a part and that of all parts. */
  private static final int PROFILE_HEADER = 14;

  private static final int CMYK = 4;

  /** Real files have at most about a hundred scans; each takes a pass over all pixels. */
  private static final int MAX_SCANS = 500;

  private final FileBytes file;
  private final CompositeImageStream data;

  /** The start of the image and an Adobe segment, whose last byte is set later. */
  private final byte[] front =
      "\u00ff\u00d8\u00ff\u00ee\0\16Adobe\0\144\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  /** The length that the color profile states, which affects only CMYK, and that of its parts. */
  private long profileLength;

  private long profileBytes;
  private boolean jfif;
  private int adobeTransform = -1;
  private int orientation = 1;
  private boolean progressive;
  private int height;
  private int width;

  /** The id and the sampling factors, 4 bits each, of each component. */
  private int[] ids;

  private int[] sampling;
  private int maxHorizontal = 1;
  private int maxVertical = 1;
  private final BitSet scanned = new BitSet();
  private int scans;
  private long scanBytes;
  private long restartInterval;

  private JpegFile(FileBytes file) {
    this.file = file;
    data = new CompositeImageStream(file);
  }

  static ImageSource open(FileBytes file) throws IOException {
    return new JpegFile(file).source();
  }

  private ImageSource source() throws IOException {
    data.add(front);
    long position = SIGNATURE_LENGTH;
    while (position >= 0) {
      position = segment(position);
    }
    if (ids == null || scans == 0) {
      throw file.corrupt("it contains no image", null);
    }
    if (scanned.cardinality() < ids.length) {
      throw file.corrupt("the scan of a component is missing", null);
    }
    ImageSource.checkBytes(file, height, width, (blocks() + 7) / 8, scanBytes);
    if (ids.length == CMYK && profileLength > profileBytes) {
      // The plugin allocates the length that the profile states.
      throw file.corrupt(
          "its color profile of " + profileLength + " bytes has " + profileBytes, null);
    }
    front[front.length - 1] = (byte) (storedAsRgb() ? 0 : 1);
    data.add(new byte[] {(byte) MARKER, (byte) END});
    int[] max = new int[ids.length];
    Arrays.fill(max, 255);
    PixelFormat pixels = new PixelFormat.Direct(max, false, null);
    return new ImageSource("jpeg", height, width, data, pixels, orientation);
  }

  /** Reads the next segment from a position on and returns its end, or -1 after the last. */
  private long segment(long start) throws IOException {
    long position = file.indexOf(MARKER, start);
    while (position >= 0 && file.at(position + 1) == MARKER) {
      position++;
    }
    if (position < 0) {
      throw file.truncated();
    }
    int marker = file.at(position + 1);
    if (marker <= 1 || isRestart(marker)) {
      return position + 2;
    }
    if (marker == END) {
      return -1;
    }
    long length = file.bigEndian(position + 2, 2);
    long end = position + 2 + length;
    file.requireEnd(end);
    boolean frame =
        marker >= FRAME
            && marker <= 0xcf
            && marker != HUFFMAN_TABLES
            && marker != 0xc8
            && marker != ARITHMETIC_TABLES;
    if (length < 2 || marker == START) {
      throw file.corrupt("it has a corrupt segment at byte " + position, null);
    } else if (frame || marker == JPEG_LS_FRAME) {
      frame(marker, position + 4, end);
      data.add(position, end - position);
    } else if (marker == SCAN) {
      end = scan(position, end);
    } else if (marker == HUFFMAN_TABLES || marker == QUANTIZATION_TABLES) {
      data.add(position, end - position);
    } else if (marker == RESTART_INTERVAL) {
      restartInterval = file.bigEndian(position + 4, 2);
      data.add(position, end - position);
    } else if (marker >= 0xe0 && marker <= 0xef) {
      application(position, end);
    } else if (marker != COMMENT && marker != ARITHMETIC_TABLES && marker != LINES) {
      throw file.corrupt("it has an unknown segment at byte " + position, null);
    }
    return end;
  }

  private static boolean isRestart(int marker) {
    return marker >= 0xd0 && marker <= 0xd7;
  }

  private void application(long position, long end) throws IOException {
    long body = position + 4;
    if (scans > 0) {
      return;
    }
    switch (file.at(position + 1)) {
      case 0xe0 -> jfif |= end - body >= 14 && file.startsWith(body, "JFIF\0");
      case 0xe1 -> {
        if (orientation == 1 && end - body > 6 && file.startsWith(body, "Exif\0")) {
          orientation = Orientation.read(file, body + 6, end);
        }
      }
      case 0xe2 -> {
        if (end - body >= PROFILE_HEADER + 4 && file.startsWith(body, "ICC_PROFILE\0")) {
          profileBytes += end - body - PROFILE_HEADER;
          if (file.at(body + PROFILE_HEADER - 2) == 1) { // the first part
            profileLength = file.bigEndian(body + PROFILE_HEADER, 4);
          }
        }
      }
      case 0xee -> {
        if (end - body >= 12 && file.startsWith(body, "Adobe")) {
          adobeTransform = file.at(body + 11);
        }
      }
      default -> {
        // Thumbnails and program-specific data do not affect the pixels.
      }
    }
  }

  private void frame(int marker, long body, long end) throws IOException {
    if (ids != null) {
      throw file.corrupt("it has a second frame", null);
    }
    String kind =
        switch (marker) {
          case FRAME, FRAME + 1, FRAME + 2 -> null;
          case 0xc3 -> "lossless JPEG";
          case 0xc5, 0xc6, 0xc7 -> "hierarchical JPEG";
          case JPEG_LS_FRAME -> "JPEG-LS image";
          default -> "JPEG with arithmetic coding";
        };
    if (kind != null) {
      throw unsupported(
          kind, "expected a baseline or progressive one; save it again as one, or as PNG");
    }
    if (end - body < 6) {
      throw file.corrupt("its frame is too short", null);
    }
    int bits = file.at(body);
    if (bits != 8) {
      throw unsupported(
          "JPEG of " + bits + " bits", "expected 8 bits; save it again with 8 bits, or as PNG");
    }
    progressive = marker == FRAME + 2;
    height = (int) file.bigEndian(body + 1, 2);
    width = (int) file.bigEndian(body + 3, 2);
    ids = new int[file.at(body + 5)];
    sampling = new int[ids.length];
    if (end - body < 6 + 3L * ids.length) {
      throw file.corrupt("its frame is too short", null);
    }
    for (int i = 0; i < ids.length; i++) {
      ids[i] = file.at(body + 6 + 3L * i);
      sampling[i] = file.at(body + 7 + 3L * i);
      if (sampling[i] >> 4 < 1
          || sampling[i] >> 4 > 4
          || (sampling[i] & 15) < 1
          || (sampling[i] & 15) > 4) {
        throw file.corrupt("it has invalid sampling factors", null);
      }
      maxHorizontal = Math.max(maxHorizontal, sampling[i] >> 4);
      maxVertical = Math.max(maxVertical, sampling[i] & 15);
    }
    if (height == 0) {
      throw unsupported(
          "JPEG whose height follows its scan (DNL)",
          "expected the height in the frame; save it again, or as PNG");
    }
    ImageSource.checkSize(file, height, width);
  }

  /**
   * Reads a scan whose header is from {@code start} to {@code end} and returns the end of its data,
   * the position of a marker.
   */
  private long scan(long start, long end) throws IOException {
    long body = start + 4;
    if (ids == null) {
      throw file.corrupt("it has a scan before its frame", null);
    }
    checkComponents();
    int components = file.at(body);
    if (end - body < 4 + 2L * components || ++scans > MAX_SCANS) {
      throw file.corrupt("it has a corrupt scan, number " + scans, null);
    }
    boolean first = !progressive || file.at(body + 1 + 2L * components) == 0;
    for (int i = 0; i < components; i++) {
      int id = file.at(body + 1 + 2L * i);
      for (int component = 0; component < ids.length; component++) {
        if (first && ids[component] == id) {
          scanned.set(component);
        }
      }
    }
    addScanHeader(start, end, components);
    long units = units(components, file.at(body + 1));
    long position = dataEnd(end, restartInterval == 0 ? 0 : (units - 1) / restartInterval);
    scanBytes += position - end;
    data.add(end, position - end);
    data.seal();
    return position;
  }

  /**
   * Corrects the parameters of sequential scans, which some encoders write wrongly without other
   * effects.
   */
  private void addScanHeader(long start, long end, int components) throws IOException {
    byte[] header = file.bytes(start, (int) (end - start));
    if (!progressive) {
      int parameters = 5 + 2 * components;
      header[parameters] = 0;
      header[parameters + 1] = 63;
      header[parameters + 2] = 0;
    }
    data.add(header);
  }

  /** Returns the number of units of a scan, between which a restart marker is allowed. */
  private long units(int components, int id) {
    long columns = ceil(width, 8L * maxHorizontal);
    long rows = ceil(height, 8L * maxVertical);
    for (int i = 0; i < ids.length; i++) {
      if (components == 1 && ids[i] == id) {
        columns = ceil(ceil((long) width * (sampling[i] >> 4), maxHorizontal), 8);
        rows = ceil(ceil((long) height * (sampling[i] & 15), maxVertical), 8);
      }
    }
    return columns * rows;
  }

  private static long ceil(long number, long divisor) {
    return (number + divisor - 1) / divisor;
  }

  /** Returns the end of the data of a scan; some encoders write an extra restart marker there. */
  private long dataEnd(long start, long restarts) throws IOException {
    long found = 0;
    long position = file.indexOf(MARKER, start);
    for (int next;
        position >= 0;
        position = file.indexOf(MARKER, position + (next == MARKER ? 1 : 2))) {
      next = file.at(position + 1);
      if (isRestart(next)) {
        if ((next & 7) != (found++ & 7)) {
          throw file.corrupt("its restart markers are out of order at byte " + position, null);
        }
      } else if (next > 0 && next != MARKER) {
        if (found != restarts && found != restarts + 1) {
          throw file.corrupt(
              "scan " + scans + " has " + found + " restart markers instead of " + restarts, null);
        }
        return position;
      }
    }
    throw file.truncated();
  }

  /** Checked at the first scan, because an Adobe segment may follow the frame. */
  private void checkComponents() throws BadFileException {
    if (ids.length == 4 && !RegisteredFormats.hasJpegPlugin()) {
      throw unsupported(
          (adobeTransform == 2 ? "YCCK" : "CMYK") + " JPEG, intended for printing",
          "expected grayscale or RGB; " + RegisteredFormats.advice(FileKind.JPEG, "RGB"));
    }
    if (ids.length != 1 && ids.length != 3 && ids.length != 4) {
      throw unsupported(
          "JPEG of " + ids.length + " components",
          "expected 1 (grayscale) or 3 (color); convert it to RGB");
    }
  }

  /** Returns the minimum number of blocks of 8 x 8 values, each of which takes at least one bit. */
  private long blocks() {
    long blocks = 0;
    for (int factors : sampling) {
      long columns = (long) width * (factors >> 4) / (8L * maxHorizontal);
      long rows = (long) height * (factors & 15) / (8L * maxVertical);
      blocks += columns * rows;
    }
    return blocks;
  }

  /** Follows the rules of libjpeg; ImageIO also considers the sampling factors. */
  private boolean storedAsRgb() {
    if (jfif) {
      return false;
    }
    return adobeTransform >= 0
        ? adobeTransform == 0
        : ids.length == 3 && ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B';
  }

  private BadFileException unsupported(String kind, String rest) {
    return new BadFileException(file.file(), "header", "got a " + kind + ", " + rest);
  }
}
