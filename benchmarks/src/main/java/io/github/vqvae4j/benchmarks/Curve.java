package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.datasets.Cifar10;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.vqvae.Recipe;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The main class of a process that trains with the recipe {@code sonnet-cifar10} and prints the
 * normalized MSE (MSE / variance) of each step's batch as a JSON array. This class generates the
 * initial weights and the order of the images from the seed, so that versions of the library with
 * different random number generators compute the same.
 */
public final class Curve {
  /** The number of training images of the recorded training curve. */
  private static final int IMAGES = 40_000;

  /** The number of synthetic images without CIFAR-10. */
  private static final int SYNTHETIC_IMAGES = 256;

  private Curve() {}

  /**
   * Trains a model.
   *
   * @param args the number of steps, the seed, and the folder with the binary version of CIFAR-10;
   *     without a folder, the images are {@link Noise#blocks}
   * @throws IOException if the images cannot be read
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    Dataset images =
        args.length > 2
            ? Cifar10.in(Path.of(args[2])).train().range(0, IMAGES)
            : Noise.blocks(SYNTHETIC_IMAGES, Workload.IMAGE_SIZE);
    List<Double> errors = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            // The weight of the reconstruction term is 1 / variance.
            TermReport error = report.terms().get(0);
            errors.add(error.value() * error.weight());
          }
        };
    try (VqVae model = Recipe.SONNET_CIFAR10.model().build()) {
      model.variables().forEach((name, variable) -> initialize(name, variable, seed));
      model.dataVariance(images.variance());
      Recipe.SONNET_CIFAR10
          .trainer(model)
          .steps(steps)
          .listener(listener)
          .quiet()
          .fit(new Shuffled(images, seed));
    }
    System.out.println(new Gson().toJson(errors));
  }

  /**
   * Initializes weights from a normal distribution with variance 1 / inputs, truncated at two
   * standard deviations, and the codebook from a uniform distribution, as the recipe does. Other
   * variables keep their constant initial values.
   */
  private static void initialize(String name, Variable variable, long seed) {
    Random random = new Random(31 * seed + name.hashCode());
    double rows = (double) variable.size() / variable.shape()[variable.shape().length - 1];
    if (name.equals("quantizer.codebook")) {
      double bound = Math.sqrt(3 / ((double) variable.size() / rows));
      variable.set(values(variable, () -> bound * (2 * random.nextDouble() - 1)));
    } else if (name.endsWith("weight") && variable.shape().length > 1) {
      variable.set(values(variable, () -> truncatedGaussian(random) / Math.sqrt(rows)));
    }
  }

  private static double truncatedGaussian(Random random) {
    double value;
    do {
      value = random.nextGaussian();
    } while (Math.abs(value) > 2);
    return value;
  }

  private static double[] values(Variable variable, DoubleSupplier distribution) {
    return DoubleStream.generate(distribution).limit(variable.size()).toArray();
  }

  /** An endless stream of images, in a new order each epoch. */
  private static final class Shuffled implements BatchStream<ImageBatch> {
    private final Dataset images;
    private final Random random;
    private final List<Integer> order;
    private long position;

    Shuffled(Dataset images, long seed) {
      this.images = images;
      random = new Random(seed);
      order = new ArrayList<>(IntStream.range(0, images.size()).boxed().toList());
    }

    @Override
    public ImageBatch next(int n) {
      return images.batch(IntStream.range(0, n).map(i -> nextIndex()).toArray());
    }

    private int nextIndex() {
      int index = (int) (position++ % order.size());
      if (index == 0) {
        Collections.shuffle(order, random);
      }
      return order.get(index);
    }

    @Override
    public long position() {
      return position;
    }
  }
}
