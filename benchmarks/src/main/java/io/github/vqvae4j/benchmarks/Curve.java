package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import io.github.vqvae4j.data.Cifar10;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.train.Recipe;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The process that trains by the recipe {@code sonnet-cifar10} and prints MSE / variance of each
 * step's batch, as a JSON array.
 */
public final class Curve {
  /** As many as the curve was recorded with. */
  private static final int IMAGES = 40_000;

  /** Enough for some steps, where there is no CIFAR-10. */
  private static final int BLOCKS = 256;

  private Curve() {}

  /**
   * Trains.
   *
   * @param args steps, seed, and the folder of CIFAR-10's binary version; without it the images are
   *     {@link Noise#blocks}
   * @throws IOException if the images cannot be read
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    Dataset images =
        args.length > 2
            ? Cifar10.in(Path.of(args[2])).train().range(0, IMAGES)
            : Noise.blocks(BLOCKS, Setting.IMAGE_SIZE);
    List<Double> errors = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            // The weight of the reconstruction term is 1 / variance.
            TermReport error = report.terms().get(0);
            errors.add(error.value() * error.weight());
          }
        };
    try (VqVae model = Recipe.SONNET_CIFAR10.model().seed(seed).build()) {
      Recipe.SONNET_CIFAR10.trainer(model).steps(steps).seed(seed).listen(listener).fit(images);
    }
    System.out.println(new Gson().toJson(errors));
  }
}
