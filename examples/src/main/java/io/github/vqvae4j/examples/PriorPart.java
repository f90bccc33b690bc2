package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.prior.CodePairs;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.AdamW;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Schedule;
import io.github.vqvae4j.train.Trainable;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;

/**
 * The third part of {@link GenerateCommand}: trains a prior over the codes of one level, given the
 * class if there are labels, and the codes of the level above if there is one. Its weights are
 * averages, with the smallest loss on validation images.
 */
final class PriorPart {
  static final String EXTENSION = ".safetensors";
  static final String CHART = "-loss.png";

  private static final double RATE = 2e-3;
  private static final double WEIGHT_DECAY = 0.02;
  private static final double AVERAGE_DECAY = 0.99;

  /** The factor of the learning rate in the last step. */
  private static final double LAST_RATE = 0.02;

  private static final int WARM_UP = 100;
  private static final int EVALUATIONS = 20;

  /** The number of evaluations without improvement that end training. */
  private static final int PATIENCE = 5;

  /** The number of maps that an evaluation uses at most. */
  private static final int EVALUATED = 1_000;

  private final GenerateRun run;

  PriorPart(GenerateRun run) {
    this.run = run;
  }

  /** The codes of all sets of images, with those of the level above if there is one. */
  private record Data<B>(Source<B> train, Source<B> validation, Source<B> test) {}

  GenerateMetrics.Prior run(ImageCodes coder, int level) throws IOException {
    GenerateOptions options = run.options();
    Codes train = run.readCodes(CodesPart.TRAIN, level);
    Codes validation = run.readCodes(CodesPart.VALIDATION, level);
    Codes test = run.readCodes(CodesPart.TEST, level);
    try (PixelCnn prior =
        coder
            .prior(level)
            .classes(run.sets().classes())
            .classDropout(run.sets().classes() > 0 ? options.classDropout : 0)
            .layers(options.layers)
            .channels(options.channels)
            .build(new Rng(options.seed + level))) {
      CodeUsage use = CodeUsage.of(test.values(), test.codebookSize());
      if (level == 0) {
        return train(level, prior, prior, new Data<>(train, validation, test), use);
      }
      Data<CodePairs> pairs =
          new Data<>(
              new CodePairs(train, run.readCodes(CodesPart.TRAIN, level - 1)),
              new CodePairs(validation, run.readCodes(CodesPart.VALIDATION, level - 1)),
              new CodePairs(test, run.readCodes(CodesPart.TEST, level - 1)));
      return train(level, prior, prior.ofPairs(), pairs, use);
    }
  }

  private <B> GenerateMetrics.Prior train(
      int level, PixelCnn prior, Trainable<B> model, Data<B> data, CodeUsage use)
      throws IOException {
    String name = run.name("prior", level);
    GenerateOptions options = run.options();
    int steps = options.priorSteps;
    int warmUp = Math.max(1, Math.min(WARM_UP, steps / 10));
    History history = new History();
    Trainer<B> trainer =
        Trainer.of(model)
            .optimizer(AdamW.rate(RATE, WEIGHT_DECAY))
            .schedule(Schedule.warmUp().then(warmUp, Schedule.cosine(LAST_RATE)))
            .averageWeights(AVERAGE_DECAY)
            .stopEarly(PATIENCE)
            .batch(run.batch(data.train.size()))
            .steps(steps)
            .seed(options.seed + level);
    TrainingReport report =
        run.train(
            name,
            prior,
            trainer,
            any ->
                any.evaluate(
                        Spread.of(data.validation, EVALUATED), Math.max(1, steps / EVALUATIONS))
                    .listener(history),
            data.train);
    run.write(name + EXTENSION, prior::save);
    double unigram = Math.log(use.perplexity());
    run.write(
        name + CHART,
        file -> PriorChart.write(name, history, report, unigram, use.codebookSize(), file));
    Evaluation test = Evaluation.of(model, data.test);
    return new GenerateMetrics.Prior(
        name,
        report.modelStep(),
        report.last().step(),
        Evaluation.of(model, Spread.of(data.train, EVALUATED)).loss(),
        test.loss(),
        test.metric("accuracy"),
        unigram,
        Math.log(use.codebookSize()),
        prior.parameters().stream().mapToLong(Parameter::size).sum(),
        report.seconds());
  }
}
