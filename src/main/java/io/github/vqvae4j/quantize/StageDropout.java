package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;

/**
 * Quantizer dropout: how many stages of a {@link ResidualQuantizer} a training step uses, so that
 * fewer of them can be decoded later. Evaluation uses all Q stages.
 *
 * <pre>{@code
 * StageDropout soundStream = StageDropout.perStep();
 * StageDropout dac = StageDropout.perExample(0.5);
 * StageDropout enCodec = StageDropout.choice(2, 4, 8);
 * }</pre>
 *
 * @param form how the number of stages is drawn
 * @param cutoff with {@link Form#PER_STEP}, the number of stages less 1 that are always used, from
 *     0 to Q - 1
 * @param multiple with {@link Form#PER_STEP}, the number whose multiples are used, at least 1
 * @param share with {@link Form#PER_EXAMPLE}, the probability with which an example draws a number
 *     of stages, in [0, 1]
 * @param stages with {@link Form#CHOICE}, the numbers of stages to choose from, each from 1 to Q
 */
public record StageDropout(
    Form form, int cutoff, int multiple, double share, List<Integer> stages) {
  /** How the number of stages is drawn. */
  public enum Form {
    /** All stages are used. */
    NONE,
    /** One number for all examples, uniform from cutoff + 1 to Q. */
    PER_STEP,
    /** A number for each example, uniform from 1 to Q; all Q for the others. */
    PER_EXAMPLE,
    /** One of a list of numbers for all examples, with equal probabilities. */
    CHOICE
  }

  /** All stages are used. */
  public static final StageDropout NONE = new StageDropout(Form.NONE, 0, 1, 0, List.of());

  /**
   * Validates the components.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public StageDropout {
    String record = "StageDropout.";
    Require.nonNull(Form.class, record + "form", form);
    Require.that(cutoff >= 0, record + "cutoff", "at least 0", cutoff);
    Require.that(multiple >= 1, record + "multiple", "at least 1", multiple);
    Require.that(share >= 0 && share <= 1, record + "share", "a share in [0, 1]", share);
    stages = Require.list(Integer.class, record + "stages", stages);
    Require.that(
        stages.isEmpty() == (form != Form.CHOICE) && stages.stream().allMatch(n -> n >= 1),
        record + "stages",
        form == Form.CHOICE ? "one or more numbers of at least 1" : "none unless form is CHOICE",
        stages);
  }

  /**
   * Returns the form of SoundStream (Zeghidour et al. 2021, arXiv:2107.03312, section III.C): one
   * number for all examples of a step, uniform from 1 to Q.
   *
   * @return the settings
   */
  public static StageDropout perStep() {
    return perStep(0, 1);
  }

  /**
   * Returns the form of SoundStream with a minimum: one number n for all examples of a step,
   * uniform from cutoff + 1 to Q, rounded up to a multiple, at most Q.
   *
   * @param cutoff the index of the last stage that is always used, from 0
   * @param multiple the number whose multiples are used, at least 1
   * @return the settings
   * @throws IllegalArgumentException if a value is out of range
   */
  public static StageDropout perStep(int cutoff, int multiple) {
    return new StageDropout(Form.PER_STEP, cutoff, multiple, 0, List.of());
  }

  /**
   * Returns the form of the Descript Audio Codec (Kumar et al. 2023, arXiv:2306.06546): each
   * example draws a number of its own, uniform from 1 to Q, with a probability, and uses all Q
   * stages otherwise. The authors' code draws one for the first examples of a batch instead, as
   * many as the share; here, a batch may be divided among workers.
   *
   * @param share the probability, in [0, 1]; the authors use 0.5
   * @return the settings
   * @throws IllegalArgumentException if the share is out of range
   */
  public static StageDropout perExample(double share) {
    return new StageDropout(Form.PER_EXAMPLE, 0, 1, share, List.of());
  }

  /**
   * Returns the form of EnCodec (Defossez et al. 2022, arXiv:2210.13438): one of the numbers of
   * stages of the bandwidths for all examples of a step.
   *
   * @param stages the numbers, each from 1 to Q
   * @return the settings
   * @throws IllegalArgumentException if there are none, or one is less than 1
   */
  public static StageDropout choice(int... stages) {
    return new StageDropout(Form.CHOICE, 0, 1, 0, Arrays.stream(stages).boxed().toList());
  }

  /** Throws unless all numbers are possible with Q stages. */
  void check(String component, int count) {
    Require.that(
        cutoff < count, component + ".cutoff", "less than the " + count + " stages", cutoff);
    Require.that(
        stages.stream().allMatch(n -> n <= count),
        component + ".stages",
        "numbers of at most the " + count + " stages",
        stages);
  }

  /** Returns whether there is a number for each example. */
  boolean isPerExample() {
    return form == Form.PER_EXAMPLE;
  }

  /** Draws the number of stages of a step, or of an example. */
  int draw(Rng rng, int count) {
    return switch (form) {
      case NONE -> count;
      case PER_STEP -> {
        int n = cutoff + 1 + rng.nextInt(count - cutoff);
        yield Math.min(count, (n + multiple - 1) / multiple * multiple);
      }
      case PER_EXAMPLE -> rng.nextDouble() < share ? 1 + rng.nextInt(count) : count;
      case CHOICE -> stages.get(rng.nextInt(stages.size()));
    };
  }
}
