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
 * The process that measures one thing. It prints a {@link Measurement} as a line of JSON after the
 * first repetition, and one more for each line it reads, which says how many seconds to repeat; it
 * ends with its input. So several of them can take turns, each warm.
 */
public final class Child {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";
  private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

  private static final int BATCHES = 4;

  private final BufferedReader input =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private Child() {}

  /**
   * Measures.
   *
   * @param args {@link Side}, {@link Task}, batch, K, image size
   */
  public static void main(String[] args) {
    Side side = Side.valueOf(args[0]);
    Setting setting =
        new Setting(
            Task.valueOf(args[1]),
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]));
    try (Contestant contestant = side.start(setting)) {
      run(contestant, setting, new Clock(new Child()::next));
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

  private static void run(Contestant contestant, Setting setting, Clock clock) {
    int batch = setting.batch();
    switch (setting.task()) {
      case TRAINING, FIRST_STEP ->
          contestant.train(
              Noise.images(BATCHES * batch, setting.imageSize()), batch, loss -> clock.tick());
      case RECONSTRUCTION -> clock.time(contestant.reconstruction(batch));
      case ENCODING -> clock.time(contestant.encoding(batch));
      case DECODING -> clock.time(contestant.decoding(batch));
    }
  }

  private static double peakMebibytes() throws IOException {
    if (Files.exists(STATUS)) {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PEAK)) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
    }
    return Double.NaN;
  }
}
