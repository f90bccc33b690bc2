package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import io.github.vqvae4j.data.Cifar10;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.Recipe;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.TrainingListener;
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
 * The process that trains by the recipe {@code sonnet-cifar10} and prints MSE / variance of each
 * step's batch, as a JSON array. Weights and the order of the images are functions of the seed that
 * are stated here, so that versions of the library with other random numbers compute the same.
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
    try (VqVae model = Recipe.SONNET_CIFAR10.model().build()) {
      model.variables().forEach((name, variable) -> start(name, variable, seed));
      Dataset shuffled = new Shuffled(images, seed);
      Recipe.SONNET_CIFAR10.trainer(model).steps(steps).listener(listener).fit(shuffled);
    }
    System.out.println(new Gson().toJson(errors));
  }

  /**
   * Weights start normal, of variance 1 / inputs, cut at two deviations, and the codebook uniform,
   * as in the recipe; biases and averages start at a constant and keep it.
   */
  private static void start(String name, Variable variable, long seed) {
    Random random = new Random(31 * seed + name.hashCode());
    double rows = (double) variable.size() / variable.shape()[variable.shape().length - 1];
    if (name.equals("quantizer.codebook")) {
      double bound = Math.sqrt(3 / ((double) variable.size() / rows));
      variable.set(numbers(variable, () -> bound * (2 * random.nextDouble() - 1)));
    } else if (name.endsWith("weight") && variable.shape().length > 1) {
      variable.set(numbers(variable, () -> cut(random) / Math.sqrt(rows)));
    }
  }

  private static double cut(Random random) {
    double number;
    do {
      number = random.nextGaussian();
    } while (Math.abs(number) > 2);
    return number;
  }

  private static double[] numbers(Variable variable, DoubleSupplier number) {
    return DoubleStream.generate(number).limit(variable.size()).toArray();
  }

  /** Each epoch all images in an order of its own, whatever order they are asked for in. */
  private static final class Shuffled implements Dataset {
    private final Dataset images;
    private final Random random;
    private final List<Integer> order;
    private int next;

    Shuffled(Dataset images, long seed) {
      this.images = images;
      random = new Random(seed);
      order = new ArrayList<>(IntStream.range(0, images.size()).boxed().toList());
      next = images.size();
    }

    @Override
    public int size() {
      return images.size();
    }

    @Override
    public int height() {
      return images.height();
    }

    @Override
    public int width() {
      return images.width();
    }

    @Override
    public int channels() {
      return images.channels();
    }

    @Override
    public void image(int index, float[] target, int offset) {
      images.image(index, target, offset);
    }

    /** What a training run asks for. */
    @Override
    public synchronized void image(int index, long epoch, float[] target, int offset) {
      if (next == order.size()) {
        Collections.shuffle(order, random);
        next = 0;
      }
      images.image(order.get(next), target, offset);
      next++;
    }

    @Override
    public int label(int index) {
      return images.label(index);
    }
  }
}
