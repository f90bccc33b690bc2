package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The layout of the codebooks that {@link Codes} index: groups times stages, each with its own
 * size. A plain vector quantizer has a single codebook.
 *
 * <p><b>Groups</b> quantize different parts of a vector independently: the heads of a multi-head
 * quantizer, the subspaces of product quantization, or the groups of a grouped residual quantizer.
 * <b>Stages</b> are applied in sequence, each to the residual of the previous ones, as in residual
 * quantization. Two groups with three stages each have six codebooks.
 *
 * <pre>{@code
 * Codebooks plain = Codebooks.of(512); // a plain vector quantizer
 * Codebooks residual = Codebooks.residual(1024, 1024, 1024); // a residual quantizer of 3 stages
 * Codebooks heads = Codebooks.grouped(256, 256); // a quantizer with 2 heads
 * }</pre>
 *
 * @param groups the number of groups, at least 1
 * @param stages the number of stages of each group, at least 1
 * @param sizes the number of codes of each codebook, at least 1; all stages of the first group come
 *     first
 */
public record Codebooks(int groups, int stages, List<Integer> sizes) {
  /**
   * Validates the layout.
   *
   * @throws IllegalArgumentException if a value is less than 1, or the number of sizes is not
   *     groups times stages
   */
  public Codebooks {
    sizes = List.copyOf(sizes);
    if (groups < 1
        || stages < 1
        || (long) groups * stages != sizes.size()
        || Collections.min(sizes) < 1) {
      throw new IllegalArgumentException(
          "Codebooks: expected 1 or more groups of 1 or more stages, and a size of 1 or more for"
              + " each of groups * stages codebooks, got "
              + groups
              + " groups of "
              + stages
              + " stages and the sizes "
              + abbreviated(sizes)
              + ". List the sizes of the first group's stages first, then those of the second.");
    }
  }

  /**
   * Creates the layout of a plain vector quantizer.
   *
   * @param size K, at least 1
   * @return one group with one stage
   * @throws IllegalArgumentException if the size is less than 1
   */
  public static Codebooks of(int size) {
    return residual(size);
  }

  /**
   * Creates the layout of a residual quantizer.
   *
   * @param sizes the codebook size of each stage, at least 1
   * @return one group, with one stage for each size
   * @throws IllegalArgumentException if there are no sizes, or one is less than 1
   */
  public static Codebooks residual(int... sizes) {
    return new Codebooks(1, sizes.length, list(sizes));
  }

  /**
   * Creates the layout of a quantizer with heads or groups of one stage each.
   *
   * @param sizes the codebook size of each group, at least 1
   * @return groups of one stage each, one group for each size
   * @throws IllegalArgumentException if there are no sizes, or one is less than 1
   */
  public static Codebooks grouped(int... sizes) {
    return new Codebooks(sizes.length, 1, list(sizes));
  }

  private static List<Integer> list(int... sizes) {
    return IntStream.of(sizes).boxed().toList();
  }

  /**
   * Returns the number of codebooks.
   *
   * @return groups times stages
   */
  public int count() {
    return sizes.size();
  }

  /**
   * Returns the names of the codebooks in reports.
   *
   * @return {@code codebook} for a single one; otherwise such as {@code stage 0}, {@code group 0}
   *     or {@code group 1 stage 0}, in the order of {@link #sizes}
   */
  public List<String> names() {
    return count() == 1
        ? List.of("codebook")
        : IntStream.range(0, count()).mapToObj(i -> name(i, " ")).toList();
  }

  /**
   * Counts the codes of each codebook. Missing codes are ignored.
   *
   * @param codes an INT tensor [..], or [.., codebooks] if there are several codebooks
   * @return the usage of each codebook, in the order of {@link #sizes}
   * @throws IllegalArgumentException if a code is out of range
   */
  public List<CodeUsage> usage(Tensor codes) {
    int[] values = codes.toInts();
    int length = values.length / count();
    return IntStream.range(0, count())
        .mapToObj(
            book -> {
              int[] own = IntStream.range(0, length).map(i -> values[i * count() + book]).toArray();
              return CodeUsage.of(own, sizes.get(book));
            })
        .toList();
  }

  /** Returns the shape of the codes of an image, given that of its positions. */
  List<Integer> exampleShape(List<Integer> positions) {
    return count() == 1
        ? positions
        : Stream.concat(positions.stream(), Stream.of(count())).toList();
  }

  /**
   * Returns a codebook's name for messages, {@code ", group 1, stage 0"}; empty if it is the only
   * one.
   */
  String name(int index) {
    return count() == 1 ? "" : ", " + name(index, ", ");
  }

  private String name(int index, String separator) {
    return (groups == 1 ? "" : "group " + index / stages)
        + (groups == 1 || stages == 1 ? "" : separator)
        + (stages == 1 ? "" : "stage " + index % stages);
  }

  /** Returns groups, stages and sizes: {@code 2 groups of 4 stages of 1024 codes}. */
  @Override
  public String toString() {
    boolean equalSizes = sizes.stream().distinct().count() == 1;
    String size = equalSizes ? sizes.get(0).toString() : abbreviated(sizes);
    return count() == 1
        ? "a codebook of " + size
        : (groups == 1 ? "" : groups + " groups of ")
            + (stages == 1 ? "" : stages + " stages of ")
            + size
            + " codes";
  }

  private static String abbreviated(List<Integer> sizes) {
    int max = 16;
    String text = sizes.subList(0, Math.min(max, sizes.size())).toString();
    return sizes.size() <= max ? text : text.replace("]", ", ..]");
  }
}
