package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The main class of a process that measures one workload. It prints a {@link Measurement} as a line
 * of JSON after the first repetition. Each line of input is the length of a further turn in
 * seconds, after which it prints another measurement; the process exits at the end of the input.
 * This lets several warmed-up processes take turns.
 */
public final class Child {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK_MEMORY = "VmHWM:";
  private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

  private static final int BATCHES = 4;

  private final BufferedReader input =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private Child() {}

  /**
   * Runs the measurements.
   *
   * @param args the {@link Backend}, the {@link Task}, batch size, codebook size and image size
   */
  public static void main(String[] args) {
    Backend backend = Backend.valueOf(args[0]);
    Workload workload = Workload.parse(args, 1);
    if (workload.task().isOfPrior()) {
      try (PriorModel prior = new PriorModel(workload)) {
        prior.run(new Timer(new Child()::next));
      }
      return;
    }
    try (Implementation implementation = backend.create(workload)) {
      run(implementation, workload, new Timer(new Child()::next));
    }
  }

  private double next(double medianSeconds) {
    try {
      long now = System.currentTimeMillis();
      System.out.println(GSON.toJson(new Measurement(medianSeconds, peakMebibytes(), now)));
      String line = input.readLine();
      return line == null ? 0 : Double.parseDouble(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Implementation implementation, Workload workload, Timer timer) {
    int batch = workload.batch();
    switch (workload.task()) {
      case TRAINING, FIRST_STEP ->
          implementation.train(
              Noise.images(BATCHES * batch, workload.imageSize()),
              batch,
              loss -> timer.endRepetition());
      case RECONSTRUCTION -> timer.time(implementation.reconstruction(batch));
      case ENCODING -> timer.time(implementation.encoding(batch));
      case DECODING -> timer.time(implementation.decoding(batch));
      case ENCODING_ONE_CALLER, ENCODING_CONCURRENT_CALLERS -> {
        int callers = workload.task() == Task.ENCODING_ONE_CALLER ? 1 : Task.CALLERS;
        try (Callers threads = new Callers(callers)) {
          timer.time(threads.calls(implementation.encoding(batch), workload.task().calls(batch)));
        }
      }
      default -> throw new IllegalArgumentException("Not a task of a VQ-VAE: " + workload);
    }
  }

  private static double peakMebibytes() throws IOException {
    if (Files.exists(STATUS)) {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PEAK_MEMORY)) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
    }
    return Double.NaN;
  }
}
