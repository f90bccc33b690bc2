package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;

/** The first part of {@link GenerateCommand}: trains the VQ-VAE. */
final class ModelPart {
  private static final String NAME = "model";
  private static final int EVALUATION_IMAGES = 500;
  private static final int EVALUATIONS = 12;

  private final GenerateRun run;

  ModelPart(GenerateRun run) {
    this.run = run;
  }

  GenerateMetrics.Model run() throws IOException {
    GenerateOptions options = run.options();
    Dataset images = run.sets().augmented(options.copies, options.seed);
    Dataset test = run.sets().test();
    try (ImageCodes coder = ImageCodes.build(options, images)) {
      ImageModel model = coder.model();
      run.folder().requireSpaceFor(model);
      History history = new History();
      Dataset subset = Spread.of(test, EVALUATION_IMAGES);
      Trainer<ImageBatch> trainer =
          Trainer.of(model)
              .batch(run.batch(images.size()))
              .steps(options.modelSteps)
              .seed(options.seed);
      TrainingReport report =
          run.train(
              NAME,
              model,
              trainer,
              any ->
                  any.evaluate(subset, Math.max(1, options.modelSteps / EVALUATIONS))
                      .listener(history)
                      .listener(new CodebookMonitor()),
              images);
      run.write(Training.MODEL, model::save);
      run.write(Training.RECONSTRUCTIONS, file -> ReconstructionGrid.write(model, test, file));
      run.write(Training.LOSS, file -> LossChart.write("VQ-VAE", false, history, report, file));
      Evaluation evaluation = Evaluation.of(model, test);
      return new GenerateMetrics.Model(
          images.size(),
          test.size(),
          evaluation.metric(ImageModel.MSE),
          evaluation.metric(ImageModel.NORMALIZED_MSE),
          evaluation.metric(ImageModel.PSNR),
          evaluation.usage().stream().map(GenerateMetrics.Codebook::of).toList(),
          model.dataVariance(),
          model.parameters().stream().mapToLong(Parameter::size).sum(),
          report.seconds());
    }
  }
}
