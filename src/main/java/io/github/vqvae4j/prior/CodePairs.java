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
   * @throws IllegalArgumentException if the numbers of maps differ
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
    return Stream.of(codes, condition).flatMap(map -> map.exampleShape().stream()).toList();
  }
}
