package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The codes of a batch of images (or of anything else), an immutable value on the heap: at each
 * place a code of each codebook, and a label for each image.
 *
 * <p>Places have the shape in which the encoder gave its vectors, [batch, height, width] for
 * images. A plain vector quantizer has one codebook, and a place one code from 0 to K - 1; where
 * there are {@link Codebooks} of several groups or stages, a place has a code of each. A code may
 * be {@link #MISSING}, where the stages of a residual quantizer were dropped or a place is masked.
 *
 * <p>Codes are of one map. A model of several maps, such as the top and the bottom of a VQ-VAE-2,
 * has as many {@code Codes}.
 */
public final class Codes {
  /** Stands for a code, or a label, where there is none. */
  public static final int MISSING = -1;

  private final int[] values;
  private final Codebooks codebooks;
  private final int[] shape;

  /** Null where no image has one. */
  private final int[] labels;

  private Codes(int[] values, Codebooks codebooks, int[] shape, int[] labels) {
    this.values = values;
    this.codebooks = codebooks;
    this.shape = shape;
    this.labels = labels;
  }

  /**
   * Creates codes of one codebook.
   *
   * @param values place by place, the last axis fastest; copied
   * @param codebookSize K, 1 or more
   * @param shape of the places, two axes or more, of which the first is the batch
   * @return the codes, without labels
   * @throws IllegalArgumentException if the shape does not hold the values, or one is neither from
   *     0 to K - 1 nor {@link #MISSING}
   */
  public static Codes of(int[] values, int codebookSize, int... shape) {
    return of(values, Codebooks.of(codebookSize), shape);
  }

  /**
   * Creates codes of several codebooks.
   *
   * @param values in the order of {@link #values()}; copied
   * @param codebooks what they are codes of
   * @param shape of the places, two axes or more, of which the first is the batch
   * @return the codes, without labels
   * @throws IllegalArgumentException if the shape does not hold the values, or one is neither a
   *     code of its codebook nor {@link #MISSING}
   */
  public static Codes of(int[] values, Codebooks codebooks, int... shape) {
    CodeChecks.values(values, codebooks, shape);
    return new Codes(values.clone(), codebooks, shape.clone(), null);
  }

  /**
   * Creates codes from a tensor of them, copied to the heap.
   *
   * @param codes in INT, of the places' shape, and then as many as there are codebooks if there are
   *     several: what {@link #in} gives; places [n] become [n, 1]
   * @param codebooks what they are codes of
   * @return the codes, without labels
   * @throws IllegalArgumentException if the tensor is of another format or shape, or an element is
   *     neither a code of its codebook nor {@link #MISSING}
   */
  public static Codes of(Tensor codes, Codebooks codebooks) {
    int[] shape = CodeChecks.places(codes, codebooks);
    return owning(codes.toInts(), codebooks, shape);
  }

  /** Creates codes whose values are this array, not a copy of it. */
  static Codes owning(int[] values, Codebooks codebooks, int... shape) {
    CodeChecks.values(values, codebooks, shape);
    return new Codes(values, codebooks, shape, null);
  }

  /**
   * Puts the codes of several batches together.
   *
   * @param parts one or more, of the same codebooks and of one shape but for the batch
   * @return all of them in order; if only some have labels, an image without one has -1
   * @throws IllegalArgumentException if there are none, they differ, or an array cannot hold them
   */
  public static Codes concat(Codes... parts) {
    CodeChecks.alike(parts);
    Codes first = parts[0];
    int[] shape = first.shape.clone();
    shape[0] = Arrays.stream(parts).mapToInt(Codes::count).sum();
    int each = first.perImage();
    int[] values = new int[shape[0] * each];
    int[] labels = new int[shape[0]];
    Arrays.fill(labels, MISSING);
    int from = 0;
    for (Codes part : parts) {
      System.arraycopy(part.values, 0, values, from * each, part.values.length);
      if (part.labels != null) {
        System.arraycopy(part.labels, 0, labels, from, part.count());
      }
      from += part.count();
    }
    return new Codes(values, first.codebooks, shape, labelsOrNull(labels));
  }

  /**
   * Reads codes that {@link #save} wrote.
   *
   * @param file a file of codes
   * @return the codes, with their labels
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is damaged, of another kind or of a later version
   * @throws InsufficientMemoryException if the heap is too small for them
   * @throws IOException if it cannot be read
   */
  public static Codes load(Path file) throws IOException {
    return CodesFile.load(file);
  }

  /**
   * Writes the codes to a file: safetensors, which other programs read too. Its arrays are of type
   * I32: {@code codes}, of the places' shape, then groups if there are several, then stages if
   * there are several; {@code codebooks} [groups, stages], the size of each; and {@code labels}
   * [batch] if there are some. Its metadata have {@code vqvae4j.codes}, the version of the format.
   *
   * @param file an existing one is replaced once the new one is complete
   * @throws IllegalArgumentException if there are more than the 32 axes that a file can have
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    CodesFile.save(this, values, file);
  }

  /**
   * Returns all codes, place by place: the last axis of the shape is faster than the one before,
   * and within a place the codes are in the order of {@link Codebooks#sizes()}, all stages of the
   * first group first.
   *
   * @return a copy, of the number of places times the number of codebooks
   */
  public int[] values() {
    return values.clone();
  }

  /**
   * Copies the codes into a step.
   *
   * @param step where the tensor lives
   * @return in INT, [batch, height, width] for images, and then the number of codebooks if there
   *     are several
   */
  public Tensor in(Step step) {
    int books = codebooks.count();
    long[] axes = IntStream.of(shape).asLongStream().toArray();
    return step.tensor(
        values,
        books == 1 ? axes : LongStream.concat(LongStream.of(axes), LongStream.of(books)).toArray());
  }

  /**
   * Returns the shape of the places.
   *
   * @return [batch, height, width] for images, a copy
   */
  public int[] shape() {
    return shape.clone();
  }

  /**
   * Returns what these are codes of.
   *
   * @return groups, stages and sizes
   */
  public Codebooks codebooks() {
    return codebooks;
  }

  /**
   * Returns the size of the codebook, where there is one.
   *
   * @return K
   * @throws IllegalStateException if there are several codebooks
   */
  public int codebookSize() {
    if (codebooks.count() > 1) {
      throw new IllegalStateException(
          "Codes.codebookSize: expected codes of one codebook, got "
              + this
              + ". Take those of one with group(..) and stage(..), or use codebooks().");
    }
    return codebooks.sizes().get(0);
  }

  /**
   * Returns how many images (or other things) these are codes of.
   *
   * @return the first axis of the shape
   */
  public int count() {
    return shape[0];
  }

  /**
   * Returns the labels of the images.
   *
   * @return for each image its label, 0 or more, or -1 where it has none, a copy; empty if none has
   *     one
   */
  public Optional<int[]> labels() {
    return Optional.ofNullable(labels).map(int[]::clone);
  }

  /**
   * Returns the same codes with labels.
   *
   * @param newLabels one for each image, 0 or more, or -1 where it has none; copied
   * @return codes with these labels in place of others
   * @throws IllegalArgumentException if there are not as many as images, or one is below -1
   */
  public Codes withLabels(int... newLabels) {
    CodeChecks.labels(count(), newLabels);
    return new Codes(values, codebooks, shape, labelsOrNull(newLabels.clone()));
  }

  private static int[] labelsOrNull(int... labels) {
    return Arrays.stream(labels).allMatch(label -> label == MISSING) ? null : labels;
  }

  /**
   * Returns whether there is a code of each codebook at each place.
   *
   * @return false if one is {@link #MISSING}
   */
  public boolean isComplete() {
    return CodeChecks.missing(values) == 0;
  }

  /**
   * Refuses codes of which some are {@link #MISSING}, for a reader that cannot do without.
   *
   * @param who needs all of them, for the message
   * @throws IllegalArgumentException if one is missing; the message says where
   */
  public void requireComplete(String who) {
    CodeChecks.complete(who, this, values);
  }

  /**
   * Returns the codes of some images.
   *
   * @param from the first image
   * @param to the one after the last
   * @return their codes and labels
   * @throws IllegalArgumentException if not {@code 0 <= from < to <= count()}
   */
  public Codes range(int from, int to) {
    if (from < 0 || to <= from || to > count()) {
      throw new IllegalArgumentException(
          "Codes.range: expected 0 <= from < to <= "
              + count()
              + ", got "
              + from
              + " and "
              + to
              + ".");
    }
    int each = perImage();
    int[] part = shape.clone();
    part[0] = to - from;
    return new Codes(
        Arrays.copyOfRange(values, from * each, to * each),
        codebooks,
        part,
        labels == null ? null : labelsOrNull(Arrays.copyOfRange(labels, from, to)));
  }

  /** The number of codes of an image. */
  int perImage() {
    return values.length / count();
  }

  /**
   * Returns the codes of one stage.
   *
   * @param stage 0 for the first
   * @return codes of the same places, groups and labels
   * @throws IllegalArgumentException if there is no such stage
   */
  public Codes stage(int stage) {
    checkIndex("stage", stage, codebooks.stages());
    return part(codebooks.groups(), 1, book -> book % codebooks.stages() == stage);
  }

  /**
   * Returns the codes of one group or head.
   *
   * @param group 0 for the first
   * @return codes of the same places, stages and labels
   * @throws IllegalArgumentException if there is no such group
   */
  public Codes group(int group) {
    checkIndex("group", group, codebooks.groups());
    return part(1, codebooks.stages(), book -> book / codebooks.stages() == group);
  }

  private void checkIndex(String what, int index, int count) {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "Codes."
              + what
              + ": expected 0 to "
              + (count - 1)
              + " for "
              + this
              + ", got "
              + index
              + ".");
    }
  }

  /** The codes of those codebooks whose index is wanted. */
  private Codes part(int groups, int stages, IntPredicate wanted) {
    int all = codebooks.count();
    int[] books = IntStream.range(0, all).filter(wanted).toArray();
    int[] some = new int[values.length / all * books.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = values[i / books.length * all + books[i % books.length]];
    }
    List<Integer> sizes = IntStream.of(books).mapToObj(codebooks.sizes()::get).toList();
    return new Codes(some, new Codebooks(groups, stages, sizes), shape, labels);
  }

  /**
   * Equal values, shape, codebooks and labels.
   *
   * @param other another object
   * @return whether it is equal codes
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Codes codes
        && codebooks.equals(codes.codebooks)
        && Arrays.equals(shape, codes.shape)
        && Arrays.equals(values, codes.values)
        && Arrays.equals(labels, codes.labels);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  /** Shape and codebooks: {@code Codes[8, 7, 7] of a codebook of 512, with labels}. */
  @Override
  public String toString() {
    long missing = CodeChecks.missing(values);
    return "Codes"
        + Arrays.toString(shape)
        + " of "
        + codebooks
        + (labels == null ? "" : ", with labels")
        + (missing == 0 ? "" : ", " + missing + " of " + values.length + " missing");
  }
}
