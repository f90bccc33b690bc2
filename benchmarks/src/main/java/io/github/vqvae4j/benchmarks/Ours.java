package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.ConvDecoder;
import io.github.vqvae4j.model.ConvEncoder;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingListener;
import java.util.function.DoublePredicate;

/** This library, through its public interface. */
public final class Ours implements Contestant {
  /** Halvings of the image's size from image to codes: 2. */
  private static final int REDUCTION = 4;

  private final VqVae model;
  private final int codebookSize;
  private final int imageSize;

  /**
   * The model itself.
   *
   * @return as it is now
   */
  public VqVae model() {
    return model;
  }

  /**
   * The model.
   *
   * @param codebookSize K
   * @param imageSize height and width of the images
   */
  public Ours(int codebookSize, int imageSize) {
    this.codebookSize = codebookSize;
    this.imageSize = imageSize;
    model = model(codebookSize);
  }

  /**
   * The model {@code sonnet-cifar10}, untrained.
   *
   * @param codebookSize K
   * @return a new one
   */
  public static VqVae model(int codebookSize) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3))
        .quantizer(
            VectorQuantizer.ema(codebookSize, 64).init(Initialization.UNIFORM).deadCodeThreshold(0))
        .decoder(ConvDecoder.channels(3))
        .build();
  }

  /** Leaves a training that could go on for ever. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;

    Enough() {
      super(null, null, false, false);
    }
  }

  @Override
  public void train(Dataset images, int batch, DoublePredicate goesOn) {
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            if (!goesOn.test(report.loss())) {
              throw new Enough();
            }
          }
        };
    try {
      Trainer.of(model)
          .optimizer(Adam.rate(3e-4))
          .batch(batch)
          .steps(Long.MAX_VALUE)
          .listener(listener)
          .seed(SHUFFLE)
          .fit(images);
    } catch (Enough end) {
      // As intended.
    }
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
    int side = imageSize / REDUCTION;
    int[] values = Noise.codes(batch * side * side, codebookSize);
    return () -> model.decode(Codes.of(values, codebookSize, batch, side, side));
  }

  @Override
  public void close() {
    model.close();
  }
}
