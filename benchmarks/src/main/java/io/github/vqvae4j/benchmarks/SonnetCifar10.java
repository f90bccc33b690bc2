package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the throughput of the reference model {@code sonnet-cifar10} (32x32 color images,
 * 695,491 parameters including the codebook) in training and reconstruction. The images are noise,
 * which takes as long as photographs.
 */
public final class SonnetCifar10 {
  private static final int WARM_UP = 40;
  private static final int MEASURED = 60;

  private SonnetCifar10() {}

  /**
   * Prints a table with a line per batch size.
   *
   * @param args the batch sizes; 32 and 128 if empty
   */
  public static void main(String[] args) {
    String[] batches = args.length > 0 ? args : new String[] {"32", "128"};
    System.out.println("batch  training images/s  reconstruction images/s  (medians)");
    for (String argument : batches) {
      int batch = Integer.parseInt(argument);
      Dataset images = Noise.images(4 * batch, Workload.IMAGE_SIZE);
      try (VqVae model = Vqvae4j.model(Workload.CODEBOOK_SIZE)) {
        System.out.printf(
            "%5d  %17.0f  %23.0f%n",
            batch, training(model, images, batch), reconstruction(model, images.range(0, batch)));
      }
    }
  }

  private static double training(VqVae model, Dataset images, int batch) {
    List<Double> nanos = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          private long last = System.nanoTime();

          @Override
          public void onStep(TrainingRun run, StepReport report) {
            long now = System.nanoTime();
            if (report.step() > WARM_UP) {
              nanos.add((double) now - last);
            }
            last = now;
          }
        };
    Trainer.of(model)
        .optimizer(Adam.rate(3e-4))
        .batch(batch)
        .steps(WARM_UP + MEASURED)
        .listener(listener)
        .quiet()
        .fit(images);
    return batch * 1e9 / Timer.median(nanos);
  }

  private static double reconstruction(VqVae model, Dataset images) {
    List<Double> nanos = new ArrayList<>();
    for (int i = 0; i < WARM_UP + MEASURED; i++) {
      long start = System.nanoTime();
      model.reconstruct(images);
      if (i >= WARM_UP) {
        nanos.add((double) System.nanoTime() - start);
      }
    }
    return images.size() * 1e9 / Timer.median(nanos);
  }
}
