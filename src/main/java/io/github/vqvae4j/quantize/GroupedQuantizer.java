package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.ResidualQuantizer.Kept;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A quantizer of groups of channels. The D = H d channels of a latent z are divided into H groups
 * of d, each of which is quantized on its own:
 *
 * <pre>
 * z = (z_1, .., z_H),   value = (q_1(z_1), .., q_H(z_H)),   codes = (k_1, .., k_H)
 * </pre>
 *
 * <p>With K codes for each group, there are K^H combinations: product quantization (Jegou, Douze
 * and Schmid 2011), or the groups of a grouped residual quantizer (Yang et al. 2023,
 * arXiv:2305.02765). If the codebook is {@linkplain GroupedQuantizerConfig#shared shared}, all
 * groups use the same quantizer, whose input are the rows z_1, .., z_H of all latents: the heads of
 * multi-head quantization. It is updated once per step, with all rows.
 *
 * <p>A loss term is the mean over all elements of all groups, and so is the mean of those of the
 * groups. Groups are initialized from data independently, and random numbers depend on the position
 * of an example in the whole batch only. Residual quantizers drop the same stages in all groups.
 *
 * <pre>{@code
 * GroupedQuantizer quantizer = GroupedQuantizer.of(4, VectorQuantizer.ema(256, 16)).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 64], 2, 7, 7, 64); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7, 4], from 0 to 255
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 64]
 * }
 * }</pre>
 *
 * <p>State: that of the quantizers {@code group0}, {@code group1}, .., or {@code group} if there is
 * one for all.
 */
public final class GroupedQuantizer extends Quantizer {
  private final GroupedQuantizerConfig config;

  /** The quantizer of each group; a single one if it is shared. */
  private final List<Quantizer> groups = new ArrayList<>();

  private final Codebooks codebooks;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial codebooks
   * @throws IllegalArgumentException if the quantizer of a group has groups itself
   */
  public GroupedQuantizer(GroupedQuantizerConfig config, Rng rng) {
    this.config = config;
    if (config.sharedCodebook()) {
      groups.add(child("group", config.group().build(rng)));
    } else {
      for (int i = 0; i < config.groups(); i++) {
        groups.add(child("group" + i, config.group().build(rng)));
      }
    }
    Codebooks own = groups.get(0).codebooks();
    if (own.groups() > 1) {
      throw new IllegalArgumentException(
          "GroupedQuantizer: expected a quantizer without groups for each group, got "
              + own
              + ". Multiply the numbers of groups.");
    }
    codebooks =
        new Codebooks(
            config.groups(),
            own.stages(),
            Collections.nCopies(config.groups(), own.sizes()).stream()
                .flatMap(List::stream)
                .toList());
  }

  /**
   * Creates settings of groups with codebooks of their own.
   *
   * @param groups H, the number of groups, from 1 to 1024
   * @param group the settings of each group
   * @return the settings, of dimension H times that of a group
   * @throws IllegalArgumentException if the number is out of range, or a group has groups itself
   */
  public static GroupedQuantizerConfig of(int groups, Config group) {
    return new GroupedQuantizerConfig(group, groups, false);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  /** Returns the number of codes of the largest codebook. */
  @Override
  public int codebookSize() {
    return Collections.max(codebooks.sizes());
  }

  @Override
  public Codebooks codebooks() {
    return codebooks;
  }

  @Override
  public boolean supportsMissingCodes() {
    return groups.get(0).supportsMissingCodes();
  }

  @Override
  public int dimension() {
    return config.groups() * width();
  }

  /**
   * Returns the quantizer of a group, such as to look at its codebook.
   *
   * @param index the index of the group, from 0 to H - 1
   * @return the quantizer; the same one for all groups if it is shared
   * @throws IndexOutOfBoundsException if there is no such group
   */
  public Quantizer group(int index) {
    int checked = Objects.checkIndex(index, config.groups());
    return groups.get(config.sharedCodebook() ? 0 : checked);
  }

  /** Returns d. */
  private int width() {
    return groups.get(0).dimension();
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    LatentsCheck.shape(this, latents);
    List<Tensor> codes =
        IntStream.range(0, groups.size())
            .mapToObj(i -> groups.get(i).encode(part(latents, i)))
            .toList();
    return joinedCodes(codes, latents);
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    LatentsCheck.shape(this, latents);
    LatentsCheck.finite(this, latents); // all groups, before the first one registers an update
    Kept kept =
        groups.get(0) instanceof ResidualQuantizer residual ? residual.draw(latents) : Kept.ALL;
    List<Tensor> codes = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    LossTerms terms = new LossTerms();
    for (int i = 0; i < groups.size(); i++) {
      Tensor part = part(latents, i);
      Quantized quantized =
          groups.get(i) instanceof ResidualQuantizer residual
              ? residual.quantize(part, kept)
              : groups.get(i).quantize(part);
      codes.add(quantized.codes());
      values.add(quantized.quantized());
      terms.add(quantized.terms());
    }
    Tensor all = joinedCodes(codes, latents);
    return new Quantized(
        joined(values, latents), all, terms.times(1.0 / groups.size()), codebooks.usage(all));
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    long[] positions =
        Arrays.copyOf(codes.shape(), codes.rank() - (codebooks.count() == 1 ? 0 : 1));
    long[] shape = with(positions, dimension());
    int stages = codebooks.stages();
    if (groups.size() == 1) {
      long[] perGroup = with(positions, config.groups());
      Tensor own = codes.reshape(stages == 1 ? perGroup : with(perGroup, stages));
      return groups.get(0).computeVectors(own).reshape(shape);
    }
    List<Tensor> vectors = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Tensor own = codes.slice(-1, (long) i * stages, (long) (i + 1) * stages);
      vectors.add(groups.get(i).computeVectors(stages == 1 ? own.reshape(positions) : own));
    }
    return Tensor.concat(-1, vectors);
  }

  /** Returns the latents of a group [.., d]; of all groups [.., H, d] if there is one quantizer. */
  private Tensor part(Tensor latents, int i) {
    if (groups.size() > 1) {
      return latents.slice(-1, (long) i * width(), (long) (i + 1) * width());
    }
    long[] positions = Arrays.copyOf(latents.shape(), latents.rank() - 1);
    return latents.reshape(with(with(positions, config.groups()), width()));
  }

  private static Tensor joined(List<Tensor> values, Tensor latents) {
    return (values.size() == 1 ? values.get(0) : Tensor.concat(-1, values))
        .reshape(latents.shape());
  }

  /** Returns the codes of all groups, [.., codebooks] or [..] if there is only one. */
  private Tensor joinedCodes(List<Tensor> codes, Tensor latents) {
    long[] positions = Arrays.copyOf(latents.shape(), latents.rank() - 1);
    long[] shape = codebooks.count() == 1 ? positions : with(positions, codebooks.count());
    long[] perPart = with(positions, codebooks.count() / groups.size());
    List<Tensor> parts = codes.stream().map(part -> part.reshape(perPart)).toList();
    return (parts.size() == 1 ? parts.get(0) : Tensor.concat(-1, parts)).reshape(shape);
  }

  private static long[] with(long[] shape, long last) {
    return LongStream.concat(LongStream.of(shape), LongStream.of(last)).toArray();
  }

  @Override
  public int initializationLatents() {
    int rows = groups.stream().mapToInt(Quantizer::initializationLatents).max().orElse(0);
    int perLatent = config.groups() / groups.size();
    return (rows + perLatent - 1) / perLatent;
  }

  /**
   * Initializes each group from its channels; a shared quantizer from the rows of all groups.
   * Groups that need no initialization are unchanged.
   */
  @Override
  public void initialize(float[] latents, int latentsPerStep, Rng rng) {
    int perLatent = config.groups() / groups.size();
    int width = dimension() / groups.size();
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).initializationLatents() > 0) {
        float[] part = new float[latents.length / groups.size()];
        for (int row = 0; row < latents.length / dimension(); row++) {
          System.arraycopy(latents, row * dimension() + i * width, part, row * width, width);
        }
        groups.get(i).initialize(part, Math.multiplyExact(latentsPerStep, perLatent), rng);
      }
    }
  }
}
