package io.github.vqvae4j.quantize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Repairs the checksums of corrupted code files. */
public final class CodesBytes {
  private static final int LENGTH_OFFSET = 12;
  private static final int FIELDS_OFFSET = 16;

  private CodesBytes() {}

  /** Repairs the checksums of the header and of the blocks, as far as they can be found. */
  public static byte[] withChecksums(byte[] bytes) {
    if (bytes.length < FIELDS_OFFSET) {
      return bytes;
    }
    int fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(LENGTH_OFFSET);
    if (fields >= 0 && fields <= bytes.length - FIELDS_OFFSET - Integer.BYTES) {
      repair(bytes, 0, FIELDS_OFFSET + fields + Integer.BYTES);
      blocks(bytes);
    }
    return bytes;
  }

  private static void blocks(byte[] bytes) {
    Path copy = null;
    try {
      copy = Files.createTempFile("codes", null);
      Files.write(copy, bytes);
      try (CodesFile file = CodesFile.open(copy)) {
        CodesFile.Place place = file.beforeFirst();
        for (Optional<CodesFile.Place> next = file.after(place);
            next.isPresent();
            next = file.after(place)) {
          place = next.get();
          repair(bytes, (int) place.offset(), (int) place.length());
        }
      }
    } catch (IOException e) {
      // The rest has no structure to repair.
      return;
    } finally {
      delete(copy);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void repair(byte[] bytes, int from, int length) {
    ByteBuffer part = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    part.put(bytes, from, length);
    System.arraycopy(CodesBlock.withChecksum(part), 0, bytes, from, length);
  }
}
