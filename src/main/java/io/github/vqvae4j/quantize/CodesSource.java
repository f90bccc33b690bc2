package io.github.vqvae4j.quantize;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.UnaryOperator;

/**
 * The codes of a code file as examples for training, read when they are needed. Any number of
 * threads may read batches. At most an eighth of the maximum heap is used for blocks that have been
 * read, as packed as in the file, and about 100 bytes for the place of each block.
 *
 * <pre>{@code
 * try (CodesSource codes = CodesSource.open(Path.of("images.codes"))) {
 *   Codes batch = codes.batch(5, 900_000, 17);
 * }
 * }</pre>
 *
 * <p>A block is read as a whole once, to verify its checksum, and kept if there is room. After
 * that, only the wanted images are unpacked, or read if the block was not kept, so that one thread
 * reads at least 200,000 maps of 7x7 codes per second from kept blocks, in random order in batches
 * of 64.
 */
public final class CodesSource implements Source<Codes>, Closeable {
  private static final int HEAP_PART = 8;
  private static final byte[] NOT_KEPT = {};

  private final CodesFile file;
  private final CodesHeader header;
  private final List<CodesFile.Place> places = new ArrayList<>();
  private final int size;

  /** The bits of a code of each codebook, without and with missing codes. */
  private final int[] widths;

  private final int[] widthsWithMissing;

  /** The blocks that have been verified: packed, or {@link #NOT_KEPT}. */
  private final AtomicReferenceArray<byte[]> blocks;

  /** The number of bytes of further blocks that may be kept. */
  private final AtomicLong free = new AtomicLong(Runtime.getRuntime().maxMemory() / HEAP_PART);

  private CodesSource(CodesFile file) throws IOException {
    this.file = file;
    header = file.header();
    CodesFile.Place place = file.beforeFirst();
    for (Optional<CodesFile.Place> next = file.after(place);
        next.isPresent();
        next = file.after(place)) {
      place = next.get();
      places.add(place);
    }
    size = (int) Math.min(Integer.MAX_VALUE, place.endImage());
    blocks = new AtomicReferenceArray<>(places.size());
    widths = new CodesBlock(1, 0).widths(header.codebooks());
    widthsWithMissing = new CodesBlock(1, CodesBlock.MISSING).widths(header.codebooks());
  }

  /**
   * Opens a code file. Of a file of more than 2^31 - 1 images, the first are used.
   *
   * @param file the file
   * @return a source of its codes
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if the file is truncated, of another kind or of a later version; the
   *     checksum of a block is checked when the block is read
   * @throws IOException if the file cannot be read
   */
  public static CodesSource open(Path file) throws IOException {
    CodesFile opened = CodesFile.open(file);
    try {
      return new CodesSource(opened);
    } catch (Throwable failure) {
      opened.close();
      throw failure;
    }
  }

  @Override
  public int size() {
    return size;
  }

  /** Returns shape and codebooks: {@code CodesSource[60000, 7, 7] of a codebook of 512}. */
  @Override
  public String toString() {
    List<Integer> shape = new ArrayList<>(List.of(size));
    shape.addAll(header.positions());
    return "CodesSource" + shape + " of " + header.codebooks();
  }

  /**
   * Returns the hash of the model that encoded the codes.
   *
   * @return 64 hexadecimal digits; empty if the codes were not encoded by a model
   */
  public Optional<String> modelHash() {
    return header.modelHash();
  }

  /**
   * Reads the codes of selected images.
   *
   * @param indices the index of each image, one or more, in any order
   * @return their codes and labels
   * @throws IllegalArgumentException if there are no indices, or one is out of range
   * @throws IllegalStateException if the source is closed
   * @throws InsufficientMemoryException if the heap is too small for the codes or for a block
   * @throws UncheckedIOException if a block is corrupt or the file cannot be read
   */
  @Override
  public Codes batch(int... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException(
          "CodesSource.batch: expected one or more indices, got none.");
    }
    file.requireOpen();
    return HeapMemory.guard(
        () -> "CodesSource.batch of " + Counts.of(indices.length, "image"),
        (long) Integer.BYTES * indices.length * header.codesPerImage(),
        () -> codes(indices));
  }

  private Codes codes(int... indices) {
    int[] values = new int[Math.multiplyExact(indices.length, header.codesPerImage())];
    int[] labels = new int[indices.length];
    Arrays.fill(labels, Codes.MISSING);
    try {
      for (long entry : inFileOrder(indices)) {
        read((int) (entry >>> Integer.SIZE), (int) entry, values, labels);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return header.codes(values, labels);
  }

  /**
   * Returns each index, in ascending order, in the upper 32 bits, and its position in the lower.
   */
  private long[] inFileOrder(int... indices) {
    long[] entries = new long[indices.length];
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= size) {
        throw new IllegalArgumentException(
            "CodesSource.batch: expected 0 to " + (size - 1) + ", got " + indices[i] + ".");
      }
      entries[i] = (long) indices[i] << Integer.SIZE | i;
    }
    Arrays.sort(entries);
    return entries;
  }

  /** Reads the codes and the label of an image to a position of a batch. */
  private void read(int index, int position, int[] values, int[] labels) throws IOException {
    int number = index / header.imagesPerBlock();
    int image = index % header.imagesPerBlock();
    CodesFile.Place place = places.get(number);
    CodesBlock block = place.block();
    byte[] kept = verified(number);
    if (block.has(CodesBlock.LABELS)) {
      long offset = CodesBlock.HEADER_BYTES + (long) Integer.BYTES * image;
      labels[position] = bytes(place, kept, offset, Integer.BYTES).getInt();
    }
    int[] bitsPerCode = block.has(CodesBlock.MISSING) ? widthsWithMissing : widths;
    int length = header.codesPerImage();
    long bits = CodesBlock.bitsPerImage(length, bitsPerCode);
    long first = bits * image;
    int bytes = (int) ((first + bits + 7) / 8 - first / 8);
    ByteBuffer in = bytes(place, kept, block.codesOffset() + first / 8, bytes);
    block.unpack(in, (int) (first % 8), bitsPerCode, values, position * length, length);
  }

  /** Returns a block that is kept; reads it as a whole, unless it has been read before. */
  private byte[] verified(int number) throws IOException {
    byte[] known = blocks.get(number);
    if (known != null) {
      return known;
    }
    CodesFile.Place place = places.get(number);
    byte[] block = file.packed(place);
    file.unpack(place, block); // a code may be out of range
    boolean fits = free.addAndGet(-block.length) >= 0;
    if (!blocks.compareAndSet(number, null, fits ? block : NOT_KEPT) || !fits) {
      free.addAndGet(block.length);
    }
    return block;
  }

  /** Returns bytes of a block, little-endian. */
  private ByteBuffer bytes(CodesFile.Place place, byte[] kept, long offset, int length)
      throws IOException {
    return kept == NOT_KEPT
        ? file.buffer(place.offset() + offset, length)
        : ByteBuffer.wrap(kept, (int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Returns a view of the codes of one group or head, as {@link Codes#group} of each batch, to
   * train a prior on it.
   *
   * @param group the index of the group, from 0
   * @return the view, which can be used until this source is closed
   * @throws IllegalArgumentException if there is no such group
   */
  public Source<Codes> group(int group) {
    return new Part(this, codes -> codes.group(group));
  }

  /**
   * Returns a view of the codes of one stage, as {@link Codes#stage} of each batch.
   *
   * @param stage the index of the stage, from 0
   * @return the view, which can be used until this source is closed
   * @throws IllegalArgumentException if there is no such stage
   */
  public Source<Codes> stage(int stage) {
    return new Part(this, codes -> codes.stage(stage));
  }

  /** The codes of some codebooks. */
  private static final class Part implements Source<Codes> {
    private final CodesSource source;
    private final UnaryOperator<Codes> selection;
    private final List<Integer> exampleShape;

    Part(CodesSource source, UnaryOperator<Codes> selection) {
      this.source = source;
      this.selection = selection;
      int[] values = new int[source.header.codesPerImage()];
      exampleShape =
          selection.apply(source.header.codes(values, new int[] {Codes.MISSING})).exampleShape();
    }

    @Override
    public int size() {
      return source.size();
    }

    @Override
    public Codes batch(int... indices) {
      return selection.apply(source.batch(indices));
    }

    @Override
    public boolean isThreadSafe() {
      return true;
    }

    @Override
    public List<Integer> exampleShape() {
      return exampleShape;
    }
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  /** Returns the shape of the codes of an image, as {@link Codes#exampleShape()}. */
  @Override
  public List<Integer> exampleShape() {
    return header.exampleShape();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
