package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.PixelCnnConfig;
import io.github.vqvae4j.prior.Sampling;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/** A gated PixelCNN with default settings and 10 classes, over random code maps. */
final class PriorModel implements AutoCloseable {
  /** The number of classes. */
  static final int CLASSES = 10;

  /** The learning rate of Adam. */
  static final double RATE = 1e-3;

  private static final int BATCHES = 4;

  private final Workload workload;
  private final PixelCnn prior;

  /** Creates an untrained prior. The image size of the workload is that of the code maps. */
  PriorModel(Workload workload) {
    this.workload = workload;
    prior = settings(workload.codebookSize()).build();
  }

  /** Returns the settings of a prior whose layers and channels are the default ones. */
  static PixelCnnConfig settings(int codebookSize) {
    return PixelCnn.ofCodes(codebookSize).classes(CLASSES);
  }

  void run(Timer timer) {
    int batch = workload.batch();
    Codes maps = maps(batch);
    switch (workload.task()) {
      case PRIOR_TRAINING ->
          train(prior, maps(BATCHES * batch), batch, loss -> timer.endRepetition());
      case PRIOR_SAMPLING -> timer.time(() -> sample(maps));
      case PRIOR_WHOLE_MAPS -> timer.time(() -> logits(maps));
      default -> throw new IllegalArgumentException("Not a task of a prior: " + workload);
    }
  }

  /** Trains a prior on maps in a fixed order. */
  static void train(PixelCnn prior, Codes maps, int batch, DoublePredicate shouldContinue) {
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            if (!shouldContinue.test(report.loss())) {
              run.stop();
            }
          }
        };
    Trainer.of(prior)
        .optimizer(Adam.rate(RATE))
        .batch(batch)
        .steps(Long.MAX_VALUE)
        .seed(Implementation.SHUFFLE_SEED)
        .listener(listener)
        .quiet()
        .fit(maps);
  }

  private void sample(Codes like) {
    int[] none = IntStream.generate(() -> Codes.MISSING).limit(like.values().length).toArray();
    Codes missing = Codes.of(none, workload.codebookSize(), like.shape());
    prior.complete(missing, condition(like), Sampling.DEFAULT, 1);
  }

  /** Computes all logits with the chunks and threads of the sampler. */
  private void logits(Codes maps) {
    int[] shape = maps.shape();
    ImageChunks.forEachByRow(
        maps.count(),
        shape[1],
        shape[2],
        maps::range,
        chunk -> {
          try (Step step = Step.inference()) {
            return prior.logits(chunk.in(step), condition(chunk)).toFloats();
          }
        },
        logits -> {});
  }

  private static Condition condition(Codes maps) {
    return Condition.labels(maps.labels().orElseThrow());
  }

  private Codes maps(int count) {
    int size = workload.imageSize();
    int k = workload.codebookSize();
    int[] labels = IntStream.range(0, count).map(i -> i % CLASSES).toArray();
    return Codes.of(Noise.codes(count * size * size, k), k, count, size, size).withLabels(labels);
  }

  @Override
  public void close() {
    prior.close();
  }
}
