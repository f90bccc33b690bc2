package io.github.vqvae4j.examples;

import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.Sampling;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The priors of the levels of a model, the top first, each but the first given the codes of the
 * level above.
 *
 * @param levels the priors
 */
record CodePriors(List<PixelCnn> levels) implements AutoCloseable {
  static CodePriors load(List<Path> files) throws IOException {
    CodePriors priors = new CodePriors(new ArrayList<>());
    try {
      for (Path file : files) {
        priors.levels.add(PixelCnn.load(file));
      }
    } catch (IOException | RuntimeException e) {
      priors.close();
      throw e;
    }
    return priors;
  }

  /** Samples the codes of all levels. */
  List<Codes> sample(int count, Condition classes, Sampling sampling, long seed) {
    List<Codes> codes = new ArrayList<>();
    for (PixelCnn prior : levels) {
      Condition condition = above(classes, codes);
      codes.add(prior.sample(count, condition, sampling, seed(seed, codes.size())));
    }
    return codes;
  }

  /** Fills the missing codes of all levels. */
  List<Codes> complete(List<Codes> partial, Condition classes, Sampling sampling, long seed) {
    List<Codes> codes = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      Condition condition = above(classes, codes);
      codes.add(levels.get(i).complete(partial.get(i), condition, sampling, seed(seed, i)));
    }
    return codes;
  }

  private static Condition above(Condition classes, List<Codes> codes) {
    return codes.isEmpty() ? classes : classes.withCodes(codes.get(codes.size() - 1));
  }

  /** Returns the seed of a level. */
  private static long seed(long seed, int level) {
    return Rng.at(seed, level).nextLong();
  }

  @Override
  public void close() {
    levels.forEach(PixelCnn::close);
  }
}
