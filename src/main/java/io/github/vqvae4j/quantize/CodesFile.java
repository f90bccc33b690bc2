package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Reads and writes files of {@link Codes}; see {@link Codes#save} for the format. */
final class CodesFile {
  /** The metadata key; its value is the version of the format. */
  private static final String FORMAT = "vqvae4j.codes";

  private static final String VERSION = "1";

  private static final String CODES = "codes";
  private static final String CODEBOOKS = "codebooks";
  private static final String LABELS = "labels";
  private static final List<String> NAMES = List.of(CODES, CODEBOOKS, LABELS);

  private final Path file;
  private final Map<String, NamedArray> arrays;

  private CodesFile(Path file, Map<String, NamedArray> arrays) {
    this.file = file;
    this.arrays = arrays;
  }

  /**
   * Writes codes.
   *
   * @param values the values of the codes, not copied
   */
  static void save(Codes codes, int[] values, Path file) throws IOException {
    Codebooks codebooks = codes.codebooks();
    IntStream axes =
        IntStream.concat(IntStream.of(codes.shape()), axes(codebooks.groups(), codebooks.stages()));
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    arrays.put(CODES, NamedArray.of(values, axes.asLongStream().toArray()));
    int[] sizes = codebooks.sizes().stream().mapToInt(Integer::intValue).toArray();
    arrays.put(CODEBOOKS, NamedArray.of(sizes, codebooks.groups(), codebooks.stages()));
    codes.labels().ifPresent(labels -> arrays.put(LABELS, NamedArray.of(labels, labels.length)));
    Safetensors.write(file, Map.of(FORMAT, VERSION), arrays);
  }

  /** Returns the axes that follow those of the positions. */
  private static IntStream axes(int groups, int stages) {
    return IntStream.of(groups, stages).filter(size -> size > 1);
  }

  static Codes load(Path file) throws IOException {
    SafetensorsFile content = Safetensors.read(file);
    String version = content.metadata().get(FORMAT);
    if (version == null) {
      throw new BadFileException(
          file,
          "metadata",
          "this safetensors file does not contain codes ("
              + FORMAT
              + " is missing); use a file written by Codes.save");
    }
    if (!version.equals(VERSION)) {
      throw new BadFileException(
          file,
          "metadata " + FORMAT,
          "expected format version "
              + VERSION
              + ", got "
              + MessageText.excerpt(version)
              + "; read it with the version of vqvae4j that wrote it, or a newer one");
    }
    return new CodesFile(file, content.arrays()).codes();
  }

  private Codes codes() throws BadFileException {
    for (String name : arrays.keySet()) {
      if (!NAMES.contains(name)) {
        throw bad(name, "unknown array, expected " + NAMES);
      }
    }
    NamedArray sizes = array(CODEBOOKS);
    NamedArray codes = array(CODES);
    long[] books = sizes.shape();
    if (books.length != 2) {
      throw bad(CODEBOOKS, "expected the shape [groups, stages], got " + sizes);
    }
    int[] shape = LongStream.of(codes.shape()).mapToInt(Math::toIntExact).toArray();
    int[] inner = axes((int) books[0], (int) books[1]).toArray();
    int outer = Math.max(0, shape.length - inner.length);
    // Check this before copying the sizes, so that there are no more sizes than codes.
    if (!Arrays.equals(Arrays.copyOfRange(shape, outer, shape.length), inner)) {
      throw bad(
          CODES,
          "expected axes that end with "
              + Arrays.toString(inner)
              + " for codebooks "
              + Arrays.toString(books)
              + ", got "
              + codes);
    }
    String current = CODEBOOKS;
    try {
      Codebooks codebooks =
          new Codebooks(
              (int) books[0], (int) books[1], IntStream.of(sizes.ints()).boxed().toList());
      current = CODES;
      Codes result = Codes.wrap(codes.ints(), codebooks, Arrays.copyOf(shape, outer));
      current = LABELS;
      return arrays.containsKey(LABELS) ? result.withLabels(labels(shape[0])) : result;
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, location(current), e.getMessage(), e);
    }
  }

  private int[] labels(int count) throws BadFileException {
    NamedArray labels = array(LABELS);
    if (labels.shape().length != 1) {
      throw bad(LABELS, "expected the shape [" + count + "], got " + labels);
    }
    return labels.ints();
  }

  /** Returns a non-empty array, so that no axis is longer than the file allows. */
  private NamedArray array(String name) throws BadFileException {
    NamedArray array = arrays.get(name);
    if (array == null || array.type() != NamedArray.Type.I32 || array.length() == 0) {
      throw bad(
          name,
          "expected an array of I32 of one or more values, got "
              + (array == null ? "none" : array));
    }
    return array;
  }

  private BadFileException bad(String name, String problem) {
    return new BadFileException(
        file, location(name), problem + "; the file is corrupt or was not written by Codes.save");
  }

  private static String location(String name) {
    return "array \"" + MessageText.excerpt(name) + "\"";
  }
}
