package io.github.vqvae4j.quantize;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The discrete latent codes of a batch of images or other examples: an immutable heap object with
 * one code of each codebook for each position, and optionally a label for each image.
 *
 * <pre>{@code
 * Codes codes = model.encode(images);           // Codes[8, 7, 7] of a codebook of 512
 * int[] values = codes.range(0, 1).values();    // the 49 codes of the first image
 * codes.write(Path.of("images.codes"));
 * Images reconstructions = model.decode(Codes.read(Path.of("images.codes")));
 * }</pre>
 *
 * <p>The positions have the shape of the encoder output without the channel axis, [batch, height,
 * width] for images. With a plain vector quantizer, a position has a single code from 0 to K - 1.
 * With {@link Codebooks} of several groups or stages, it has one code of each codebook. A code is
 * {@link #MISSING} if its stage of a residual quantizer was dropped or its position is masked.
 *
 * <p>Codes represent a single code map. A model with several code maps, such as the top and bottom
 * maps of a VQ-VAE-2, has one {@code Codes} object for each.
 */
public final class Codes implements Source<Codes> {
  /** The value of a missing code or label. */
  public static final int MISSING = -1;

  private final int[] values;
  private final Codebooks codebooks;
  private final int[] shape;

  /** Null if no image has a label. */
  private final int[] labels;

  /** Null if the model is unknown. */
  private final String modelHash;

  /** Height and width; null if the images were not padded. */
  private final int[] imageSize;

  private Codes(
      int[] values,
      Codebooks codebooks,
      int[] shape,
      int[] labels,
      String modelHash,
      int[] imageSize) {
    this.values = values;
    this.codebooks = codebooks;
    this.shape = shape;
    this.labels = labels;
    this.modelHash = modelHash;
    this.imageSize = imageSize;
  }

  /**
   * Creates codes of one codebook.
   *
   * @param values the codes in row-major order; copied
   * @param codebookSize K, at least 1
   * @param shape the shape of the positions, at least two axes; the first is the batch
   * @return the codes, without labels
   * @throws IllegalArgumentException if the shape does not match the number of values, or a value
   *     is neither from 0 to K - 1 nor {@link #MISSING}
   */
  public static Codes of(int[] values, int codebookSize, int... shape) {
    return of(values, Codebooks.of(codebookSize), shape);
  }

  /**
   * Creates codes of several codebooks.
   *
   * @param values the codes in the order of {@link #values()}; copied
   * @param codebooks the codebooks
   * @param shape the shape of the positions, at least two axes; the first is the batch
   * @return the codes, without labels
   * @throws IllegalArgumentException if the shape does not match the number of values, or a value
   *     is neither a code of its codebook nor {@link #MISSING}
   */
  public static Codes of(int[] values, Codebooks codebooks, int... shape) {
    CodesValidation.checkValues(values, codebooks, shape);
    return new Codes(values.clone(), codebooks, shape.clone(), null, null, null);
  }

  /**
   * Creates codes from a tensor, such as the result of {@link #in}. The values are copied to the
   * heap.
   *
   * @param codes an INT tensor with the shape of the positions, followed by the number of codebooks
   *     if there are several; a shape of [n] becomes [n, 1]
   * @param codebooks the codebooks
   * @return the codes, without labels
   * @throws IllegalArgumentException if the tensor has another data type or shape, or an element is
   *     neither a code of its codebook nor {@link #MISSING}
   */
  public static Codes of(Tensor codes, Codebooks codebooks) {
    int[] shape = CodesValidation.positionShape(codes, codebooks);
    return wrap(codes.toInts(), codebooks, shape);
  }

  /** Creates codes that use this array without copying it. */
  static Codes wrap(int[] values, Codebooks codebooks, int... shape) {
    CodesValidation.checkValues(values, codebooks, shape);
    return new Codes(values, codebooks, shape, null, null, null);
  }

  /**
   * Concatenates the codes of different images along the batch axis, such as those of a dataset
   * that was encoded in parts. {@link #joinGroups} and {@link #joinStages} join those of the same
   * images.
   *
   * @param parts one or more codes with the same codebooks, model hash and image size, and the same
   *     shape except for the batch
   * @return the concatenated codes; if only some have labels, the labels of the others are {@link
   *     #MISSING}
   * @throws IllegalArgumentException if there are none, if shapes, codebooks, models or image sizes
   *     differ, or if there are more codes than fit into an array
   */
  public static Codes concat(Codes... parts) {
    CodesValidation.checkConcatenable(parts);
    Codes first = parts[0];
    int[] shape = first.shape.clone();
    shape[0] = Arrays.stream(parts).mapToInt(Codes::count).sum();
    int codesPerImage = first.codesPerImage();
    int[] values = new int[shape[0] * codesPerImage];
    int[] labels = new int[shape[0]];
    Arrays.fill(labels, MISSING);
    int offset = 0;
    for (Codes part : parts) {
      System.arraycopy(part.values, 0, values, offset * codesPerImage, part.values.length);
      if (part.labels != null) {
        System.arraycopy(part.labels, 0, labels, offset, part.count());
      }
      offset += part.count();
    }
    return new Codes(
        values, first.codebooks, shape, labelsOrNull(labels), first.modelHash, first.imageSize);
  }

  /**
   * Joins the codes of several groups or heads of the same images, such as samples of a prior for
   * each group: the inverse of {@link #group}.
   *
   * <pre>{@code
   * Codes codes = model.encode(images);
   * Codes same =
   *     Codes.joinGroups(codes.group(0), codes.group(1)).withModelHash(model.weightHash());
   * }</pre>
   *
   * <p>{@link #group} and {@link #stage} return codes without the hash of the model, and so does
   * this method for them.
   *
   * @param groups the codes of one or more groups, in the order of the groups, with the same shape,
   *     number of stages and image size
   * @return the codes of all groups. The label of an image is that of the first codes that have
   *     one. The hash of the model is that of the codes that have one
   * @throws IllegalArgumentException if there are none, if shapes, stages, labels, models or image
   *     sizes differ, or if there are more codes than fit into an array
   */
  public static Codes joinGroups(Codes... groups) {
    return JoinedCodes.ofGroups(groups);
  }

  /**
   * Joins the codes of several stages of the same images: the inverse of {@link #stage}.
   *
   * @param stages the codes of one or more stages, in the order of the stages, with the same shape,
   *     number of groups and image size
   * @return the codes of all stages, with labels and hash as those of {@link #joinGroups}
   * @throws IllegalArgumentException as for {@link #joinGroups}, if numbers of groups differ
   */
  public static Codes joinStages(Codes... stages) {
    return JoinedCodes.ofStages(stages);
  }

  /**
   * Reads a file of codes written by {@link #write} or a {@link CodesWriter}. {@link CodesReader}
   * reads files that are larger than the heap.
   *
   * @param file the file
   * @return the codes, with their labels, the hash of their model and the image size
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if the file is truncated, corrupt, of another kind or of a later
   *     version
   * @throws IllegalArgumentException if there are more codes than fit into an array
   * @throws InsufficientMemoryException if the heap is too small
   * @throws IOException if the file cannot be read
   */
  public static Codes read(Path file) throws IOException {
    try (CodesReader reader = CodesReader.open(file)) {
      return HeapMemory.guard(
          () -> FileNames.path(file) + ", with all of its codes,",
          Files.size(file),
          () -> {
            List<Codes> blocks = new ArrayList<>();
            for (Optional<Codes> next = reader.next(); next.isPresent(); next = reader.next()) {
              blocks.add(next.get());
            }
            return concat(blocks.toArray(Codes[]::new));
          });
    }
  }

  /**
   * Writes the codes, labels, the hash of the model and the image size to a code file; {@link
   * CodesReader} describes the format.
   *
   * @param file the file; an existing file is replaced once the new one is complete
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    CodesHeader header = CodesHeader.of(this);
    AtomicFile.write(
        file,
        out -> {
          out.write(header.toBytes());
          for (int from = 0; from < count(); from += header.imagesPerBlock()) {
            int to = Math.min(count() - from, header.imagesPerBlock()) + from;
            out.write(CodesBlock.pack(header, range(from, to)));
          }
          out.write(CodesBlock.end(count()));
        });
  }

  /**
   * Returns all codes in row-major order. The codes of a position are in the order of {@link
   * Codebooks#sizes()}: all stages of the first group come first.
   *
   * @return a copy; its length is the number of positions times the number of codebooks
   */
  public int[] values() {
    return values.clone();
  }

  /**
   * Copies the codes to a tensor.
   *
   * @param step the step of the tensor
   * @return an INT tensor, [batch, height, width] for images, with an additional last axis for the
   *     codebooks if there are several
   */
  public Tensor in(Step step) {
    int books = codebooks.count();
    long[] axes = IntStream.of(shape).asLongStream().toArray();
    return step.tensor(
        values,
        books == 1 ? axes : LongStream.concat(LongStream.of(axes), LongStream.of(books)).toArray());
  }

  /**
   * Returns the shape of the positions.
   *
   * @return a copy of the shape, [batch, height, width] for images
   */
  public int[] shape() {
    return shape.clone();
  }

  /**
   * Returns the layout of the codebooks.
   *
   * @return the codebooks
   */
  public Codebooks codebooks() {
    return codebooks;
  }

  /**
   * Returns the size of the codebook if there is only one.
   *
   * @return K
   * @throws IllegalStateException if there are several codebooks
   */
  public int codebookSize() {
    if (codebooks.count() > 1) {
      throw new IllegalStateException(
          "Codes.codebookSize: expected codes of one codebook, got "
              + this
              + ". Select one with group(..) and stage(..), or use codebooks().");
    }
    return codebooks.sizes().get(0);
  }

  /**
   * Returns the number of images or other examples.
   *
   * @return the size of the first axis
   */
  public int count() {
    return shape[0];
  }

  /**
   * Returns the labels of the images.
   *
   * @return a copy of the labels: 0 or more for each image, or {@link #MISSING}; empty if no image
   *     has a label
   */
  public Optional<int[]> labels() {
    return Optional.ofNullable(labels).map(int[]::clone);
  }

  /**
   * Returns the same codes with other labels.
   *
   * @param newLabels one label for each image, 0 or more, or {@link #MISSING}; copied
   * @return codes with these labels
   * @throws IllegalArgumentException if the number of labels is not {@link #count()}, or one is
   *     below -1
   */
  public Codes withLabels(int... newLabels) {
    CodesValidation.checkLabels(count(), newLabels);
    return new Codes(
        values, codebooks, shape, labelsOrNull(newLabels.clone()), modelHash, imageSize);
  }

  /**
   * Returns the hash of the model that encoded the codes.
   *
   * @return 64 hexadecimal digits; empty for codes that were not encoded by a model, which any
   *     model decodes
   */
  public Optional<String> modelHash() {
    return Optional.ofNullable(modelHash);
  }

  /**
   * Returns the same codes with the hash of a model, which alone decodes them.
   *
   * @param hash a SHA-256 as 64 lowercase hexadecimal digits
   * @return codes with this hash
   * @throws IllegalArgumentException if it is not 64 lowercase hexadecimal digits
   */
  public Codes withModelHash(String hash) {
    CodesValidation.checkHash(hash);
    return new Codes(values, codebooks, shape, labels, hash, imageSize);
  }

  /**
   * Returns the size of the images, if their sides were padded to multiples of the downsampling
   * factors of the model that encoded them. The decoded images are cut to this size.
   *
   * @return a copy of [height, width] in pixels; empty if the images were not padded
   */
  public Optional<int[]> imageSize() {
    return Optional.ofNullable(imageSize).map(int[]::clone);
  }

  /**
   * Returns the same codes with the size of the images before they were padded.
   *
   * @param height the height in pixels, at least 1
   * @param width the width in pixels, at least 1
   * @return codes with this size
   * @throws IllegalArgumentException if a side is below 1, or the codes are not maps
   */
  public Codes withImageSize(int height, int width) {
    CodesValidation.checkImageSize(this, height, width);
    return new Codes(values, codebooks, shape, labels, modelHash, new int[] {height, width});
  }

  private static int[] labelsOrNull(int... labels) {
    return Arrays.stream(labels).allMatch(label -> label == MISSING) ? null : labels;
  }

  /**
   * Returns code maps in which a rectangle of positions is {@link #MISSING}, for example to fill it
   * with a prior.
   *
   * @param row the first row of the rectangle
   * @param column its first column
   * @param rows its number of rows
   * @param columns its number of columns
   * @return maps with the same labels, hash and image size
   * @throws IllegalArgumentException if the codes are not maps, or a map does not contain the
   *     rectangle
   */
  public Codes withMissing(int row, int column, int rows, int columns) {
    CodesValidation.checkRectangle(this, row, column, rows, columns);
    int[] newValues = values.clone();
    int books = codebooks.count();
    for (int i = 0; i < shape[0] * rows; i++) {
      int line = i / rows * shape[1] + row + i % rows;
      int from = (line * shape[2] + column) * books;
      Arrays.fill(newValues, from, from + columns * books, MISSING);
    }
    return new Codes(newValues, codebooks, shape, labels, modelHash, imageSize);
  }

  /**
   * Returns codes in which only the first stages are used, and those of the others are {@link
   * #MISSING}. Decoding them with a residual quantizer gives a coarser reconstruction: {@code
   * model.decode(codes.withStages(2))}.
   *
   * @param stages the number of stages that are used, from 1
   * @return codes with the same codebooks, positions, labels, hash and image size
   * @throws IllegalArgumentException if there are fewer stages, or the number is below 1
   */
  public Codes withStages(int stages) {
    if (stages < 1 || stages > codebooks.stages()) {
      throw new IllegalArgumentException(
          "Codes.withStages: expected 1 to "
              + codebooks.stages()
              + " stages for "
              + this
              + ", got "
              + stages
              + ".");
    }
    int[] newValues = values.clone();
    for (int i = 0; i < newValues.length; i++) {
      boolean isUsed = i % codebooks.count() % codebooks.stages() < stages;
      newValues[i] = isUsed ? values[i] : MISSING;
    }
    return new Codes(newValues, codebooks, shape, labels, modelHash, imageSize);
  }

  /**
   * Returns whether every position has a code of each codebook.
   *
   * @return false if a code is {@link #MISSING}
   */
  public boolean isComplete() {
    return CodesValidation.countMissing(values) == 0;
  }

  /**
   * Throws if a code is {@link #MISSING}.
   *
   * @param caller the name of the caller, for the message
   * @throws IllegalArgumentException if a code is missing; the message states its position
   */
  public void requireComplete(String caller) {
    CodesValidation.checkComplete(caller, this, values);
  }

  /** Returns the number of images, {@link #count()}. */
  @Override
  public int size() {
    return count();
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  /**
   * Returns the codes of selected images.
   *
   * @param indices the index of each image, one or more, in any order
   * @return their codes, labels and image size
   * @throws IllegalArgumentException if there are no indices, or one is out of range
   */
  @Override
  public Codes batch(int... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("Codes.batch: expected one or more indices, got none.");
    }
    int length = codesPerImage();
    int[] selected = new int[Math.multiplyExact(indices.length, length)];
    int[] newLabels = labels == null ? null : new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      checkIndex("batch", indices[i], count());
      System.arraycopy(values, indices[i] * length, selected, i * length, length);
      if (labels != null) {
        newLabels[i] = labels[indices[i]];
      }
    }
    int[] newShape = shape.clone();
    newShape[0] = indices.length;
    return new Codes(
        selected,
        codebooks,
        newShape,
        newLabels == null ? null : labelsOrNull(newLabels),
        modelHash,
        imageSize);
  }

  /**
   * Returns the shape of the positions of an image, followed by the codebooks if there are several.
   */
  @Override
  public List<Integer> exampleShape() {
    return codebooks.exampleShape(IntStream.of(shape).skip(1).boxed().toList());
  }

  /** Returns {@link #batch}. */
  @Override
  public Codes select(int... indices) {
    return batch(indices);
  }

  @Override
  public List<Codes> split(long seed, double... fractions) {
    return Source.super.split(seed, fractions).stream().map(Codes.class::cast).toList();
  }

  /**
   * Returns the codes of a range of images.
   *
   * @param from the index of the first image
   * @param to the index after the last image
   * @return their codes, labels and image size
   * @throws IllegalArgumentException unless {@code 0 <= from < to <= count()}
   */
  @Override
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
    int codesPerImage = codesPerImage();
    int[] newShape = shape.clone();
    newShape[0] = to - from;
    return new Codes(
        Arrays.copyOfRange(values, from * codesPerImage, to * codesPerImage),
        codebooks,
        newShape,
        labels == null ? null : labelsOrNull(Arrays.copyOfRange(labels, from, to)),
        modelHash,
        imageSize);
  }

  /** Returns the number of codes of all images. */
  int codeCount() {
    return values.length;
  }

  /** Returns the number of codes of each image. */
  int codesPerImage() {
    return values.length / count();
  }

  /**
   * Returns the codes of one stage.
   *
   * @param stage the index of the stage, from 0
   * @return codes with the same positions, groups, labels and image size, without the hash of the
   *     model
   * @throws IllegalArgumentException if there is no such stage
   */
  public Codes stage(int stage) {
    checkIndex("stage", stage, codebooks.stages());
    return select(codebooks.groups(), 1, book -> book % codebooks.stages() == stage);
  }

  /**
   * Returns the codes of one group or head.
   *
   * @param group the index of the group, from 0
   * @return codes with the same positions, stages, labels and image size, without the hash of the
   *     model
   * @throws IllegalArgumentException if there is no such group
   */
  public Codes group(int group) {
    checkIndex("group", group, codebooks.groups());
    return select(1, codebooks.stages(), book -> book / codebooks.stages() == group);
  }

  private void checkIndex(String name, int index, int count) {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "Codes."
              + name
              + ": expected 0 to "
              + (count - 1)
              + " for "
              + this
              + ", got "
              + index
              + ".");
    }
  }

  /** Returns the codes of the codebooks whose index matches. */
  private Codes select(int groups, int stages, IntPredicate predicate) {
    int all = codebooks.count();
    int[] books = IntStream.range(0, all).filter(predicate).toArray();
    int[] selected = new int[values.length / all * books.length];
    for (int i = 0; i < selected.length; i++) {
      selected[i] = values[i / books.length * all + books[i % books.length]];
    }
    List<Integer> sizes = IntStream.of(books).mapToObj(codebooks.sizes()::get).toList();
    return new Codes(
        selected, new Codebooks(groups, stages, sizes), shape, labels, null, imageSize);
  }

  /**
   * Returns whether another object is {@code Codes} with equal values, shape, codebooks, labels and
   * image size. The hash of the model is not compared.
   *
   * @param other another object
   * @return whether they are equal
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Codes codes
        && codebooks.equals(codes.codebooks)
        && Arrays.equals(shape, codes.shape)
        && Arrays.equals(values, codes.values)
        && Arrays.equals(labels, codes.labels)
        && Arrays.equals(imageSize, codes.imageSize);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  /** Returns shape and codebooks: {@code Codes[8, 7, 7] of a codebook of 512, with labels}. */
  @Override
  public String toString() {
    long missing = CodesValidation.countMissing(values);
    return "Codes"
        + Arrays.toString(shape)
        + " of "
        + codebooks
        + (labels == null ? "" : ", with labels")
        + (imageSize == null ? "" : ", of images " + imageSize[0] + "x" + imageSize[1])
        + (missing == 0 ? "" : ", " + missing + " of " + values.length + " missing");
  }
}
