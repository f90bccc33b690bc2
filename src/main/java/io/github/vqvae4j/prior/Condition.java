package io.github.vqvae4j.prior;

import io.github.vqvae4j.quantize.Codes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What code maps are sampled or evaluated given: nothing, a class, another code map, or both.
 * Immutable.
 *
 * <pre>{@code
 * Condition sevens = Condition.label(7);
 * Condition bottomGivenTop = Condition.label(7).withCodes(top);
 * }</pre>
 */
public final class Condition {
  /** No condition. For a prior with dropped classes, maps of any class. */
  public static final Condition NONE = new Condition(null, null);

  /** Null for none; a single label is that of all maps. */
  private final int[] labels;

  /** Null for none. */
  private final Codes codes;

  private Condition(int[] labels, Codes codes) {
    this.labels = labels;
    this.codes = codes;
  }

  /**
   * Creates the condition that all maps are of one class.
   *
   * @param label the class, from 0
   * @return the condition
   * @throws IllegalArgumentException if the label is below 0
   */
  public static Condition label(int label) {
    return labels(label);
  }

  /**
   * Creates a condition on the class of each map.
   *
   * @param labels the class of each map, from 0; copied
   * @return the condition
   * @throws IllegalArgumentException if there are no labels, or one is below 0
   */
  public static Condition labels(int... labels) {
    OptionalInt negative = Arrays.stream(labels).filter(label -> label < 0).findFirst();
    if (labels.length == 0 || negative.isPresent()) {
      throw new IllegalArgumentException(
          "Condition.labels: expected one or more labels of at least 0, got "
              + (labels.length == 0 ? "none" : negative.getAsInt())
              + ". For maps of any class, use Condition.NONE.");
    }
    return new Condition(labels.clone(), null);
  }

  /**
   * Creates a condition on the labels of codes.
   *
   * @param labeled codes with labels
   * @return the condition
   * @throws IllegalArgumentException if a label is missing
   */
  public static Condition labelsOf(Codes labeled) {
    return labels(
        labeled
            .labels()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Condition.labelsOf: expected codes with labels, got "
                            + labeled
                            + ". Encode images with labels, or use Codes.withLabels.")));
  }

  /**
   * Creates a condition on another code map, such as the top map of a VQ-VAE-2.
   *
   * @param codes the other code map of each map
   * @return the condition
   */
  public static Condition codes(Codes codes) {
    return NONE.withCodes(codes);
  }

  /**
   * Returns this condition and another code map.
   *
   * @param newCodes the other code map of each map
   * @return the condition
   */
  public Condition withCodes(Codes newCodes) {
    Objects.requireNonNull(newCodes, "Condition.withCodes: expected codes, got null.");
    return new Condition(labels, newCodes);
  }

  /** Returns this condition with the labels of codes, which may be {@link Codes#MISSING}. */
  Condition withLabels(int... newLabels) {
    return new Condition(newLabels, codes);
  }

  /**
   * Returns the labels.
   *
   * @return a copy of the labels, a single one if all maps are of one class; empty if the condition
   *     has no classes
   */
  public Optional<int[]> labels() {
    return Optional.ofNullable(labels).map(int[]::clone);
  }

  /**
   * Returns the other code maps.
   *
   * @return the codes; empty if there are none
   */
  public Optional<Codes> codes() {
    return Optional.ofNullable(codes);
  }

  /** Returns the labels and the other code maps: {@code Condition[label 7, Codes[1, 4, 4] ..]}. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (labels != null) {
      parts.add(labels.length == 1 ? "label " + labels[0] : labels.length + " labels");
    }
    codes().ifPresent(other -> parts.add(other.toString()));
    return "Condition[" + (parts.isEmpty() ? "none" : String.join(", ", parts)) + "]";
  }
}
