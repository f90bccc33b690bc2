package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.util.function.DoublePredicate;

/** This library, used through its public API. */
public final class Vqvae4j implements Implementation {
  /** The ratio of image height to code map height. */
  private static final int REDUCTION = 4;

  private final VqVae model;
  private final int codebookSize;
  private final int imageSize;

  /**
   * Creates an untrained model.
   *
   * @param codebookSize the number of codes, K
   * @param imageSize the height and width of the images in pixels
   */
  public Vqvae4j(int codebookSize, int imageSize) {
    this.codebookSize = codebookSize;
    this.imageSize = imageSize;
    model = model(codebookSize);
  }

  /**
   * Creates an untrained {@code sonnet-cifar10} model.
   *
   * @param codebookSize the number of codes, K
   * @return the model
   */
  public static VqVae model(int codebookSize) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3))
        .quantizer(
            VectorQuantizer.ema(codebookSize, 64).init(Initialization.UNIFORM).deadCodeThreshold(0))
        .decoder(ConvDecoder.channels(3))
        .build();
  }

  /**
   * Returns the model.
   *
   * @return the model
   */
  public VqVae model() {
    return model;
  }

  @Override
  public void train(Dataset images, int batch, DoublePredicate shouldContinue) {
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            if (!shouldContinue.test(report.loss())) {
              run.stop();
            }
          }
        };
    Trainer.of(model)
        .optimizer(Adam.rate(3e-4))
        .batch(batch)
        .steps(Long.MAX_VALUE)
        .seed(SHUFFLE_SEED)
        .listener(listener)
        .quiet()
        .fit(images);
  }

  @Override
  public Runnable reconstruction(int batch) {
    Dataset images = Noise.images(batch, imageSize);
    return () -> model.reconstruct(images);
  }

  @Override
  public Runnable encoding(int batch) {
    Dataset images = Noise.images(batch, imageSize);
    return () -> model.encode(images);
  }

  @Override
  public Runnable decoding(int batch) {
    int size = imageSize / REDUCTION;
    int[] values = Noise.codes(batch * size * size, codebookSize);
    return () -> model.decode(Codes.of(values, codebookSize, batch, size, size));
  }

  @Override
  public void close() {
    model.close();
  }
}
