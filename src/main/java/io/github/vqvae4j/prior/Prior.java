package io.github.vqvae4j.prior;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.NonFiniteException;

/**
 * A distribution of code maps, optionally given a {@link Condition}. All methods may be called from
 * any number of threads, but not while the prior is being trained.
 */
public interface Prior {
  /**
   * Returns the logarithm of the probability of each code map, in nats: the sum of the logarithms
   * of the probabilities of its codes.
   *
   * @param codes complete code maps of this prior; their labels are ignored
   * @param condition the condition of the maps
   * @return ln p(map) for each map
   * @throws IllegalArgumentException if the codes or the condition do not fit the prior
   * @throws NonFiniteException if a probability is NaN or infinite
   */
  double[] logProb(Codes codes, Condition condition);

  /**
   * Samples code maps. A map is a function of the seed, its index and its condition, up to the
   * rounding of logits: the number of maps and threads does not change its random numbers.
   *
   * <p>A prior that is conditioned on another code map draws independently of it with any seed. Use
   * different seeds for priors that are not conditioned on each other but whose maps belong
   * together, such as those of the groups of a quantizer: the codes at the same position of both
   * would be drawn by the same random number.
   *
   * @param count the number of maps, at least 1
   * @param condition the condition of the maps
   * @param sampling how codes are drawn
   * @param seed the seed
   * @return complete maps; with labels if the condition has classes
   * @throws IllegalArgumentException if the condition does not fit the prior, or guidance is used
   *     with a prior without dropped classes
   * @throws IllegalStateException if the prior does not know the size of maps, or is not of type
   *     FLOAT
   * @throws NonFiniteException if a logit is NaN or infinite
   * @throws InsufficientMemoryException if the maps need more memory than is available
   */
  Codes sample(int count, Condition condition, Sampling sampling, long seed);

  /**
   * Fills the {@linkplain Codes#MISSING missing} codes of maps (inpainting). Positions are filled
   * in raster order, so a code is drawn given all codes before it, known or filled, but not those
   * after it.
   *
   * @param partial maps of which codes are missing
   * @param condition the condition of the maps; the labels of the partial maps are ignored
   * @param sampling how codes are drawn
   * @param seed the seed
   * @return complete maps, with the codes of the partial ones; with labels if the condition has
   *     classes
   * @throws IllegalArgumentException as for {@link #sample}, and if the maps do not fit the prior
   * @throws NonFiniteException if a logit is NaN or infinite
   */
  Codes complete(Codes partial, Condition condition, Sampling sampling, long seed);
}
