package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Beam search for the codes of a {@link ResidualQuantizer} of {@link VectorQuantizer}s: after each
 * stage, the B partial sums that are nearest to the latent are kept. A latent keeps its greedy
 * codes unless the best sum is nearer.
 */
final class BeamSearch {
  /** The maximum number of distances at a time. */
  private static final int DISTANCES = 1 << 20;

  private final List<Quantizer> stages;
  private final int width;

  BeamSearch(List<Quantizer> stages, int width) {
    this.stages = stages;
    this.width = width;
  }

  /**
   * Returns the codes of each stage.
   *
   * @param latents [.., D]
   * @param greedy the nearest codes of each stage [..]
   */
  List<Tensor> codes(Tensor latents, List<Tensor> greedy) {
    long d = latents.size(-1);
    Tensor rows = latents.reshape(-1, d);
    int n = Math.toIntExact(rows.size(0));
    int[][] found = new int[stages.size()][n];
    int max = stages.stream().mapToInt(Quantizer::codebookSize).max().orElseThrow();
    int chunk = Math.max(1, DISTANCES / Math.multiplyExact(max, width));
    for (int from = 0; from < n; from += chunk) {
      search(rows.slice(0, from, Math.min(n, from + chunk)), from, found);
    }
    List<Tensor> nearest = new ArrayList<>();
    Step step = latents.step();
    for (int[] codes : found) {
      nearest.add(step.tensor(codes, greedy.get(0).shape()));
    }
    Tensor isNearer = error(rows, nearest).lt(error(rows, greedy)).reshape(greedy.get(0).shape());
    List<Tensor> codes = new ArrayList<>();
    for (int i = 0; i < nearest.size(); i++) {
      codes.add(Tensor.where(isNearer, nearest.get(i), greedy.get(i)));
    }
    return codes;
  }

  /** Returns the squared error of each row, in double precision. */
  private Tensor error(Tensor rows, List<Tensor> codes) {
    Tensor sum = null;
    for (int i = 0; i < stages.size(); i++) {
      Tensor vectors = stages.get(i).computeVectors(codes.get(i)).reshape(rows.shape());
      sum = sum == null ? vectors : sum.add(vectors);
    }
    return rows.to(DType.DOUBLE).sub(sum.to(DType.DOUBLE)).square().sum(-1);
  }

  /** Searches the codes of rows [m, D], and stores those of the nearest sum. */
  private void search(Tensor rows, int from, int[][] found) {
    int m = Math.toIntExact(rows.size(0));
    int beams = 1;
    Tensor residuals = rows; // [m * beams, D]
    int[][] paths = new int[0][];
    for (int stage = 0; stage < stages.size(); stage++) {
      Tensor table = table(stage, rows.step());
      int k = Math.toIntExact(table.size(0));
      int kept = stage == stages.size() - 1 ? 1 : Math.min(width, beams * k);
      int[] chosen =
          distances(residuals, table)
              .reshape(m, (long) beams * k)
              .neg()
              .topK(kept, 1)
              .indices()
              .toInts();
      int[] parents = new int[m * kept];
      int[] codes = new int[m * kept];
      for (int i = 0; i < chosen.length; i++) {
        parents[i] = i / kept * beams + chosen[i] / k;
        codes[i] = chosen[i] % k;
      }
      paths = extended(paths, parents, codes);
      residuals =
          residuals
              .embedding(rows.step().tensor(parents, parents.length))
              .sub(table.embedding(rows.step().tensor(codes, codes.length)));
      beams = kept;
    }
    for (int stage = 0; stage < paths.length; stage++) {
      System.arraycopy(paths[stage], 0, found[stage], from, m);
    }
  }

  private Tensor table(int stage, Step step) {
    int[] all = new int[stages.get(stage).codebookSize()];
    Arrays.setAll(all, i -> i);
    return stages.get(stage).computeVectors(step.tensor(all, all.length));
  }

  /** Returns ||r||^2 - 2 r e + ||e||^2 of each residual and code. */
  private static Tensor distances(Tensor residuals, Tensor table) {
    Tensor products = residuals.matmul(false, table, true);
    return products.mul(-2).add(table.square().sum(-1)).add(residuals.square().sum(true, -1));
  }

  /** Returns the codes of each stage so far, of the chosen parents and with the next stage. */
  private static int[][] extended(int[][] paths, int[] parents, int... codes) {
    int[][] result = new int[paths.length + 1][];
    for (int stage = 0; stage < paths.length; stage++) {
      int[] path = paths[stage];
      result[stage] = Arrays.stream(parents).map(parent -> path[parent]).toArray();
    }
    result[paths.length] = codes;
    return result;
  }
}
