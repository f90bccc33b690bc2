package io.github.vqvae4j.quantize;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.BadFileException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The codes of a code file as examples for training, read when they are needed. Only the places of
 * the blocks are in memory, about 100 bytes for each.
 *
 * <pre>{@code
 * try (CodesSource codes = CodesSource.open(Path.of("images.codes"))) {
 *   Codes batch = codes.batch(5, 900_000, 17);
 * }
 * }</pre>
 */
public final class CodesSource implements Source<Codes>, Closeable {
  private final CodesFile file;
  private final List<CodesFile.Place> places = new ArrayList<>();
  private final int size;
  private volatile Loaded last = new Loaded(-1, null);

  private CodesSource(CodesFile file) throws IOException {
    this.file = file;
    CodesFile.Place place = file.beforeFirst();
    for (Optional<CodesFile.Place> next = file.after(place);
        next.isPresent();
        next = file.after(place)) {
      place = next.get();
      places.add(place);
    }
    size = (int) Math.min(Integer.MAX_VALUE, place.endImage());
  }

  /** A block in memory. */
  private record Loaded(int block, Codes codes) {}

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

  /**
   * Reads the codes of selected images.
   *
   * @param indices the index of each image, one or more, in any order
   * @return their codes and labels
   * @throws IllegalArgumentException if there are no indices, or one is out of range
   * @throws UncheckedIOException if a block is corrupt or the file cannot be read
   */
  @Override
  public Codes batch(int... indices) {
    return Codes.concat(IntStream.of(indices).mapToObj(this::image).toArray(Codes[]::new));
  }

  private Codes image(int index) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "CodesSource.batch: expected 0 to " + (size - 1) + ", got " + index + ".");
    }
    int block = index / file.header().imagesPerBlock();
    Loaded loaded = last;
    if (loaded.block != block) {
      try {
        loaded = new Loaded(block, file.read(places.get(block)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      last = loaded;
    }
    int first = index % file.header().imagesPerBlock();
    return loaded.codes.range(first, first + 1);
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  /** Returns the shape of the codes of an image, as {@link Codes#exampleShape()}. */
  @Override
  public List<Integer> exampleShape() {
    return batch(0).exampleShape();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
