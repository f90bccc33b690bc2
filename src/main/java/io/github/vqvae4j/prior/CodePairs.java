package io.github.vqvae4j.prior;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.quantize.Codes;
import java.util.List;
import java.util.stream.Stream;

/**
 * Code maps, and for each another code map that a prior is conditioned on, such as the bottom and
 * top maps of a VQ-VAE-2. Labels are those of {@code codes}.
 *
 * <pre>{@code
 * Trainer.of(prior.ofPairs()).fit(new CodePairs(bottom, top));
 * }</pre>
 *
 * @param codes the code maps that the prior models
 * @param condition the other code maps
 */
public record CodePairs(Codes codes, Codes condition) implements Source<CodePairs> {
  /**
   * Validates the pairs.
   *
   * @throws IllegalArgumentException if the numbers of maps differ, or the codes were encoded by
   *     different models
   */
  public CodePairs {
    if (codes.count() != condition.count()) {
      throw new IllegalArgumentException(
          "CodePairs: expected one condition for each code map, got "
              + codes
              + " and "
              + condition
              + ".");
    }
    checkSameModel("CodePairs", codes, condition);
  }

  /** Throws if code maps and their conditions were encoded by different models. */
  static void checkSameModel(String caller, Codes codes, Codes condition) {
    String hash = codes.modelHash().orElse("");
    String other = condition.modelHash().orElse(hash);
    if (!hash.isEmpty() && !hash.equals(other)) {
      throw new IllegalArgumentException(
          caller
              + ": expected codes and conditions of one model, got those of models with the hashes "
              + hash
              + " and "
              + other
              + ". Encode the images with one model; further training changes its hash.");
    }
  }

  /**
   * Returns the pairs of two sources, such as code files, which are read when they are needed.
   *
   * <pre>{@code
   * try (CodesSource bottom = CodesSource.open(Path.of("images-bottom.codes"));
   *     CodesSource top = CodesSource.open(Path.of("images-top.codes"))) {
   *   Trainer.of(prior.ofPairs()).fit(CodePairs.of(bottom, top));
   * }
   * }</pre>
   *
   * @param codes the code maps that the prior models
   * @param condition the other code maps
   * @return the pairs; a batch throws as the constructor does
   * @throws IllegalArgumentException if the numbers of maps differ
   */
  public static Source<CodePairs> of(Source<Codes> codes, Source<Codes> condition) {
    if (codes.size() != condition.size()) {
      throw new IllegalArgumentException(
          "CodePairs.of: expected one condition for each code map, got "
              + codes.size()
              + " code maps and "
              + condition.size()
              + " conditions. Encode the same images.");
    }
    return new Pairs(codes, condition);
  }

  private record Pairs(Source<Codes> codes, Source<Codes> condition) implements Source<CodePairs> {
    @Override
    public int size() {
      return codes.size();
    }

    @Override
    public CodePairs batch(int... indices) {
      return new CodePairs(codes.batch(indices), condition.batch(indices));
    }

    @Override
    public Source<CodePairs> atEpoch(long epoch) {
      return new Pairs(codes.atEpoch(epoch), condition.atEpoch(epoch));
    }

    @Override
    public boolean isThreadSafe() {
      return codes.isThreadSafe() && condition.isThreadSafe();
    }

    @Override
    public List<Integer> exampleShape() {
      return shapes(codes, condition);
    }
  }

  @Override
  public int size() {
    return codes.count();
  }

  @Override
  public CodePairs batch(int... indices) {
    return new CodePairs(codes.batch(indices), condition.batch(indices));
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  /** Returns the shape of a code map, followed by that of its condition. */
  @Override
  public List<Integer> exampleShape() {
    return shapes(codes, condition);
  }

  private static List<Integer> shapes(Source<Codes> codes, Source<Codes> condition) {
    return Stream.of(codes, condition).flatMap(map -> map.exampleShape().stream()).toList();
  }
}
