package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVaePresets;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.serve.BatchLimits;
import io.github.vqvae4j.serve.RequestBatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how many images the requests of several threads encode, with and without batches. */
@Command(
    name = "serving",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Threads encode one image of 32 x 32 a call with the model sonnet-cifar10, by themselves and"
          + " through a RequestBatcher.",
      "Prints the median, minimum and maximum of the images per second in each turn. The contenders"
          + " take turns."
    })
final class Serving implements Callable<Integer> {
  private static final int SIDE = 32;
  private static final int CHANNELS = 3;

  @Option(names = "--turns", description = "Number of turns. Default: ${DEFAULT-VALUE}.")
  private int turns = 5;

  @Option(names = "--seconds", description = "Length of a turn. Default: ${DEFAULT-VALUE}.")
  private double seconds = 3;

  @Override
  public Integer call() throws Exception {
    Images image = image();
    try (VqVae model = VqVaePresets.sonnetCifar10().build();
        RequestBatcher<Images, Codes> batcher =
            RequestBatcher.ofImages(model::encode, Codes::range, BatchLimits.DEFAULT);
        RequestBatcher<Images, Codes> atOnce =
            RequestBatcher.ofImages(
                model::encode, Codes::range, BatchLimits.DEFAULT.maxDelay(Duration.ZERO))) {
      for (int threads : new int[] {1, 8, 32, 128}) {
        List<Double> single = new ArrayList<>();
        List<Double> batches = new ArrayList<>();
        List<Double> undelayed = new ArrayList<>();
        rate(threads, image, model::encode);
        rate(threads, image, batcher::call);
        rate(threads, image, atOnce::call);
        for (int turn = 0; turn < turns; turn++) {
          single.add(rate(threads, image, model::encode));
          batches.add(rate(threads, image, batcher::call));
          undelayed.add(rate(threads, image, atOnce::call));
        }
        print(threads + " threads, one image a call", single);
        print(threads + " threads, RequestBatcher", batches);
        print(threads + " threads, RequestBatcher without a delay", undelayed);
      }
      List<Double> whole = new ArrayList<>();
      Images many = Images.concat(Collections.nCopies(32, image).toArray(Images[]::new));
      for (int turn = 0; turn <= turns; turn++) {
        double rate = 32 * rate(1, many, model::encode);
        if (turn > 0) {
          whole.add(rate);
        }
      }
      print("1 thread, 32 images a call", whole);
    }
    return 0;
  }

  private static Images image() {
    Rng rng = new Rng(1);
    float[] pixels = new float[SIDE * SIDE * CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) rng.nextDouble();
    }
    return Images.of(pixels, 1, SIDE, SIDE, CHANNELS);
  }

  /** Returns the number of calls per second of all threads in one turn. */
  private double rate(int threads, Images image, Function<Images, Codes> encode)
      throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    AtomicInteger calls = new AtomicInteger();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    List<Future<?>> running = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      running.add(
          pool.submit(
              () -> {
                while (System.nanoTime() < end) {
                  encode.apply(image);
                  calls.incrementAndGet();
                }
              }));
    }
    for (Future<?> one : running) {
      one.get();
    }
    pool.shutdown();
    return calls.get() / ((System.nanoTime() - start) / 1e9);
  }

  private void print(String name, List<Double> rates) {
    rates.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%s: %.0f images/s (%.0f to %.0f)%n",
        name,
        Timer.median(rates),
        rates.get(0),
        rates.get(rates.size() - 1));
  }
}
