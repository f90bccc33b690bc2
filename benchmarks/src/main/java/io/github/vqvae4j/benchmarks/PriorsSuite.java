package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.util.List;

/** The benchmarks of docs/benchmarks-priors.md. */
final class PriorsSuite extends TargetSuite {
  private static final int CODEBOOK_SIZE = 128;
  private static final int SMALL = 7;
  private static final int LARGE = 32;

  PriorsSuite(Setting setting) {
    super(setting);
  }

  @Override
  void run() throws IOException {
    measureTraining(1.3);
    measureSampling(64, SMALL, 20);
    measureSampling(16, LARGE, 60);
  }

  private void measureTraining(double target) throws IOException {
    Workload workload = new Workload(Task.PRIOR_TRAINING, 64, CODEBOOK_SIZE, SMALL);
    List<Contender> finalists = fastestPytorch(workload);
    Contender vqvae4j = vqvae4j(workload);
    Rotation<Contender> rotation = measure(workload, vqvae4j, finalists);
    Metric metric = Metric.IMAGES_PER_SECOND;
    add(workload.toString(), rotation, vqvae4j, finalists, metric, target, NO_MAXIMUM);
  }

  /** Compares sampling with as many passes over whole maps as a map has codes. */
  private void measureSampling(int batch, int size, double target) throws IOException {
    Workload workload = new Workload(Task.PRIOR_SAMPLING, batch, CODEBOOK_SIZE, size);
    Contender sampling = vqvae4j(workload);
    Contender passes =
        vqvae4j(new Workload(Task.PRIOR_WHOLE_MAPS, batch, CODEBOOK_SIZE, size))
            .named("a pass over whole maps for each code");
    Rotation<Contender> rotation = measure(workload, sampling, List.of(passes));
    if (rotation.failures().isEmpty()) {
      List<Double> naive =
          values(rotation, passes, Metric.IMAGES_PER_SECOND).stream()
              .map(rate -> rate / (size * size))
              .toList();
      List<Double> cached = values(rotation, sampling, Metric.IMAGES_PER_SECOND);
      Comparison comparison =
          new Comparison(workload.toString(), "maps/s", cached, naive, target, NO_MAXIMUM);
      add(comparison, passes, comparison.limits());
    }
  }
}
