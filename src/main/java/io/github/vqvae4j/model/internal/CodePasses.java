package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/** The passes of a model between images and one or more code maps, the smallest map first. */
public interface CodePasses {
  /**
   * Returns what the quantizers receive if they return it unchanged, so that it depends on all that
   * the codes depend on.
   *
   * @param images [b, h, w, channels], in [0, 1]
   */
  List<Tensor> unquantizedLatents(Tensor images);

  /**
   * Decodes the vectors of each map.
   *
   * @return [b, h, w, channels], in [0, 1]
   */
  Tensor pixels(List<Tensor> vectors);

  /** Returns the number of maps. */
  int maps();

  /** Returns the number of codes of a map along each side of one of the smallest map. */
  int scale(int map);

  /** Returns the codebooks of a map. */
  Codebooks codebooks(int map);

  /** Returns the vectors of codes of a map. */
  Tensor vectors(int map, Codes codes, Step step);

  /**
   * Returns the latents that become the codes of a map.
   *
   * @param images [b, h, w, channels], in [0, 1]
   * @param above the codes of the maps before it
   */
  Tensor latents(Tensor images, List<Codes> above);

  /** Returns the codes of latents of a map, each of which depends on the latent at its position. */
  Codes quantize(int map, Tensor latents);

  /**
   * Returns the codes of each map, computed at once.
   *
   * @param images [b, h, w, channels], in [0, 1]
   */
  List<Codes> encode(Tensor images);

  /**
   * Decodes the codes of each map.
   *
   * @return [b, h, w, channels], in [0, 1]
   */
  Tensor decode(List<Codes> codes, Step step);
}
