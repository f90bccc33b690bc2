package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The process that measures one thing, and prints one line of JSON: a {@link Measurement}. */
public final class Child {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  private static final int BATCHES = 4;

  private Child() {}

  /**
   * Measures.
   *
   * @param args {@link Side}, {@link Task}, batch, K, image size, seconds to warm up, seconds to
   *     measure
   * @throws IOException if the system's answer cannot be read
   */
  public static void main(String[] args) throws IOException {
    Side side = Side.valueOf(args[0]);
    Setting setting =
        new Setting(
            Task.valueOf(args[1]),
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]));
    Measurement measurement;
    try (Contestant contestant = side.start(setting)) {
      Clock clock =
          setting.task() == Task.FIRST_STEP
              ? Clock.single()
              : new Clock(Double.parseDouble(args[5]), Double.parseDouble(args[6]));
      run(contestant, setting, clock);
      long finishedAt = System.currentTimeMillis();
      measurement = new Measurement(clock.median(), peakMebibytes(), finishedAt);
    }
    Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
    System.out.println(gson.toJson(measurement));
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
