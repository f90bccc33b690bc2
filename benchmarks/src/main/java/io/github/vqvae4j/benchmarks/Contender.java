package io.github.vqvae4j.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * Somebody in the tables.
 *
 * @param name in the tables
 * @param sides what it runs: the better one counts
 * @param environment variables of its processes
 */
public record Contender(String name, List<Side> sides, Map<String, String> environment) {
  private static final List<Side> LAYOUTS = List.of(Side.LIBTORCH, Side.LIBTORCH_CHANNELS_LAST);

  /** This library, as it comes. */
  public static final Contender OURS = new Contender("vqvae4j", List.of(Side.OURS), Map.of());

  /** libtorch as it comes. */
  public static final Contender LIBTORCH = new Contender("libtorch", LAYOUTS, Map.of());

  /** libtorch with OpenBLAS's threads kept from spinning after each product. */
  public static final Contender LIBTORCH_TUNED =
      new Contender("libtorch-tuned", LAYOUTS, Map.of("OPENBLAS_THREAD_TIMEOUT", "4"));

  /** This library where oneDNN's natives are missing. */
  public static final Contender OURS_ON_ND4J =
      new Contender("vqvae4j-nd4j", List.of(Side.OURS_ON_ND4J), Map.of());

  /** The model's convolutions alone. */
  public static final Contender FLOOR = new Contender("floor", List.of(Side.FLOOR), Map.of());
}
