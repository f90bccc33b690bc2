package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The header of a code file; see {@link CodesReader} for the format.
 *
 * @param codebooks the codebooks
 * @param positions the shape of the positions of an image, without the batch axis
 * @param imagesPerBlock the number of images of each block but the last
 * @param modelHash the hash of the model, 64 hexadecimal digits
 * @param imageSize height and width of the images before they were padded; empty if they were not
 */
record CodesHeader(
    Codebooks codebooks,
    List<Integer> positions,
    int imagesPerBlock,
    Optional<String> modelHash,
    List<Integer> imageSize) {
  private static final byte[] MAGIC = {(byte) 0x89, 'V', 'Q', 'C', 'O', 'D', 'E', 0};
  private static final int VERSION = 1;

  /** Magic number, version and length of the fields. */
  private static final int FIXED_BYTES = MAGIC.length + 2 * Integer.BYTES;

  private static final int HASH_BYTES = 32;

  /** Height and width. */
  private static final int SIDES = 2;

  /** More than the fields of any real file; a larger length is that of a corrupt header. */
  private static final int MAX_LENGTH = 1 << 16;

  /** Codes of a block: few enough for random access, and enough for a small overhead. */
  private static final int CODES_PER_BLOCK = 1 << 13;

  /** Returns the header of a file that contains these codes. */
  static CodesHeader of(Codes codes) {
    return new CodesHeader(
        codes.codebooks(),
        IntStream.of(codes.shape()).skip(1).boxed().toList(),
        Math.max(1, CODES_PER_BLOCK / codes.codesPerImage()),
        codes.modelHash(),
        codes.imageSize().map(size -> IntStream.of(size).boxed().toList()).orElse(List.of()));
  }

  /** Returns the number of codes of an image. */
  int codesPerImage() {
    return Math.toIntExact(size());
  }

  /** Returns the number of codes of an image, or a larger number than an array can hold. */
  private long size() {
    long size = codebooks.count();
    for (int axis : positions) {
      size = Math.min(size * axis, 1L << 31);
    }
    return size;
  }

  /** Returns the shape of the codes of an image, as {@link Codes#exampleShape}. */
  List<Integer> exampleShape() {
    return codebooks.exampleShape(positions);
  }

  /** Returns the shape of the codes of some images. */
  int[] shape(int count) {
    return IntStream.concat(IntStream.of(count), positions.stream().mapToInt(Integer::intValue))
        .toArray();
  }

  /**
   * Returns codes of this file.
   *
   * @param labels the label of each image, or {@link Codes#MISSING}
   * @throws IllegalArgumentException if a code or label is out of range
   */
  Codes codes(int[] values, int[] labels) {
    Codes codes = Codes.wrap(values, codebooks, shape(labels.length)).withLabels(labels);
    Codes sized =
        imageSize.isEmpty() ? codes : codes.withImageSize(imageSize.get(0), imageSize.get(1));
    return modelHash.map(sized::withModelHash).orElse(sized);
  }

  byte[] toBytes() {
    int ints = 5 + positions.size() + codebooks.count() + imageSize.size();
    int length = ints * Integer.BYTES + (modelHash.isPresent() ? HASH_BYTES : 0);
    ByteBuffer bytes = buffer(FIXED_BYTES + length + Integer.BYTES);
    bytes.put(MAGIC).putInt(VERSION).putInt(length);
    bytes.putInt(positions.size());
    positions.forEach(bytes::putInt);
    bytes.putInt(codebooks.groups()).putInt(codebooks.stages());
    codebooks.sizes().forEach(bytes::putInt);
    bytes.putInt(imagesPerBlock);
    bytes.putInt(modelHash.isPresent() ? HASH_BYTES : 0);
    modelHash.ifPresent(hash -> bytes.put(HexFormat.of().parseHex(hash)));
    imageSize.forEach(bytes::putInt);
    return CodesBlock.withChecksum(bytes);
  }

  /** Returns whether a code file ends within its header, and has no codes. */
  static boolean isTruncated(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(FileNames.file(file), "r")) {
      ByteBuffer fixed = bytes(in, FIXED_BYTES);
      int magic = Math.min(fixed.capacity(), MAGIC.length);
      if (!Arrays.equals(fixed.array(), 0, magic, MAGIC, 0, magic)) {
        return false;
      }
      if (fixed.capacity() < FIXED_BYTES) {
        return true;
      }
      int length = fixed.getInt(MAGIC.length + Integer.BYTES);
      return length <= MAX_LENGTH && in.length() - FIXED_BYTES - Integer.BYTES < length;
    }
  }

  /** Reads the header at the start of a file, which is then positioned after it. */
  static CodesHeader read(Path file, RandomAccessFile in) throws IOException {
    ByteBuffer fixed = bytes(in, FIXED_BYTES);
    if (fixed.remaining() < FIXED_BYTES
        || !Arrays.equals(Arrays.copyOf(fixed.array(), MAGIC.length), MAGIC)) {
      throw new BadFileException(
          file,
          "byte 0",
          "expected a code file, which starts with 89 56 51 43 4F 44 45 00; this file does not"
              + " contain codes, use a file written by Codes.write");
    }
    int version = fixed.getInt(MAGIC.length);
    if (version != VERSION) {
      throw new BadFileException(
          file,
          "byte " + MAGIC.length,
          "expected format version "
              + VERSION
              + ", got "
              + version
              + "; read it with the version of vqvae4j that wrote it, or a newer one");
    }
    int length = fixed.getInt(MAGIC.length + Integer.BYTES);
    if (length < 0 || length > in.length() - FIXED_BYTES - Integer.BYTES) {
      throw bad(file, "the header ends after the file");
    }
    in.seek(0);
    ByteBuffer all = bytes(in, FIXED_BYTES + length + Integer.BYTES);
    if (!CodesBlock.isIntact(all)) {
      throw bad(file, "the checksum of the header does not match");
    }
    try {
      return fields(all.slice(FIXED_BYTES, length).order(ByteOrder.LITTLE_ENDIAN));
    } catch (BufferUnderflowException e) {
      throw bad(file, "the fields end after the header", e);
    } catch (IllegalArgumentException e) {
      throw bad(file, "expected the fields of a code file, got " + e.getMessage(), e);
    }
  }

  private static CodesHeader fields(ByteBuffer in) {
    List<Integer> positions = ints(in, in.getInt());
    int groups = in.getInt();
    int stages = in.getInt();
    Codebooks codebooks = new Codebooks(groups, stages, ints(in, (long) groups * stages));
    int imagesPerBlock = in.getInt();
    int hashLength = in.getInt();
    byte[] hash = new byte[hashLength == 0 ? 0 : HASH_BYTES];
    in.get(hash);
    List<Integer> imageSize = in.hasRemaining() ? ints(in, SIDES) : List.of();
    CodesHeader header =
        new CodesHeader(
            codebooks,
            positions,
            imagesPerBlock,
            Optional.of(HexFormat.of().formatHex(hash)).filter(text -> !text.isEmpty()),
            imageSize);
    boolean valid =
        !positions.isEmpty()
            && positions.stream().allMatch(axis -> axis > 0)
            && (imageSize.isEmpty() || positions.size() == SIDES)
            && imageSize.stream().allMatch(side -> side > 0);
    if (!valid
        || hashLength != hash.length
        || in.hasRemaining()
        || imagesPerBlock < 1
        || header.size() * imagesPerBlock > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(header + " and " + in.remaining() + " more bytes");
    }
    return header;
  }

  private static List<Integer> ints(ByteBuffer in, long count) {
    // Checked first, so that a count never allocates more than the file has.
    if (count < 1 || count > in.remaining() / Integer.BYTES) {
      throw new IllegalArgumentException(count + " values in " + in.remaining() + " bytes");
    }
    return IntStream.range(0, (int) count).mapToObj(i -> in.getInt()).toList();
  }

  private static ByteBuffer bytes(RandomAccessFile in, int length) throws IOException {
    byte[] bytes = new byte[(int) Math.min(length, in.length() - in.getFilePointer())];
    in.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static BadFileException bad(Path file, String problem) {
    return bad(file, problem, null);
  }

  private static BadFileException bad(Path file, String problem, Exception cause) {
    return new BadFileException(
        file, "header", problem + "; the file is truncated or corrupt, get a new copy", cause);
  }

  /** Returns a description for messages. */
  @Override
  public String toString() {
    return "codes "
        + positions
        + " of "
        + codebooks
        + " in blocks of "
        + Counts.of(imagesPerBlock, "image")
        + ", of the model "
        + modelHash.orElse("unknown")
        + (imageSize.isEmpty() ? "" : ", of images " + imageSize);
  }
}
