package io.github.vqvae4j.quantize;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The codebooks that {@link Codes} index: groups times stages, each of a size of its own. A plain
 * vector quantizer has one.
 *
 * <p><b>Groups</b> quantize parts of a vector side by side: the heads of a multi-head quantizer,
 * the subspaces of product quantization, the groups of a grouped residual quantizer, the codebooks
 * of a finite scalar or lookup-free one. <b>Stages</b> quantize one after another what the stages
 * before left over, as in residual quantization. Two groups with three stages each are six
 * codebooks.
 *
 * @param groups 1 or more
 * @param stages of each group, 1 or more
 * @param sizes the number of codes of each codebook, 1 or more, the stages of the first group first
 */
public record Codebooks(int groups, int stages, List<Integer> sizes) {
  /**
   * Creates codebooks.
   *
   * @throws IllegalArgumentException if there are not groups times stages sizes, or one is below 1
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
              + few(sizes)
              + ". Give the sizes of the first group's stages first, then the second's.");
    }
  }

  /**
   * Creates the codebook of a plain quantizer.
   *
   * @param size K, 1 or more
   * @return one group of one stage
   * @throws IllegalArgumentException if the size is below 1
   */
  public static Codebooks of(int size) {
    return residual(size);
  }

  /**
   * Creates the codebooks of a residual quantizer.
   *
   * @param sizes of each stage, the first stage first, 1 or more each
   * @return one group
   * @throws IllegalArgumentException if there are none, or one is below 1
   */
  public static Codebooks residual(int... sizes) {
    return new Codebooks(1, sizes.length, list(sizes));
  }

  /**
   * Creates the codebooks of heads or groups of one stage each.
   *
   * @param sizes of each group, 1 or more each
   * @return one stage
   * @throws IllegalArgumentException if there are none, or one is below 1
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

  /** Names a codebook in a message, {@code ", group 1, stage 0"}; says nothing of an only one. */
  String name(int index) {
    return (groups == 1 ? "" : ", group " + index / stages)
        + (stages == 1 ? "" : ", stage " + index % stages);
  }

  /** Groups, stages and sizes: {@code 2 groups of 4 stages of 1024 codes}. */
  @Override
  public String toString() {
    boolean alike = sizes.stream().distinct().count() == 1;
    String size = alike ? sizes.get(0).toString() : few(sizes);
    return count() == 1
        ? "a codebook of " + size
        : (groups == 1 ? "" : groups + " groups of ")
            + (stages == 1 ? "" : stages + " stages of ")
            + size
            + " codes";
  }

  private static String few(List<Integer> sizes) {
    int most = 16;
    String text = sizes.subList(0, Math.min(most, sizes.size())).toString();
    return sizes.size() <= most ? text : text.replace("]", ", ..]");
  }
}
