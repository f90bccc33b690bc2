package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Series;
import io.github.vqvae4j.examples.Alarms.Alarm;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.knowm.xchart.XYChart;

/** A series, what a model made of it, and where they differ. */
final class SeriesPictures {
  private static final int MOST_CLOSE = 5;
  private static final Color RED = new Color(190, 30, 40);
  private static final Color DARK = new Color(70, 70, 70);

  /** The axis of scores ends at so many thresholds. */
  private static final double MOST_SCORE = 4;

  private final SeriesInput input;
  private final Series reconstruction;
  private final Series score;
  private final double threshold;
  private final List<Alarm> alarms;

  SeriesPictures(
      SeriesInput input,
      Series reconstruction,
      Series score,
      double threshold,
      List<Alarm> alarms) {
    this.input = input;
    this.reconstruction = reconstruction;
    this.score = score;
    this.threshold = threshold;
    this.alarms = alarms;
  }

  /** All channels and the score over the whole time. */
  void writeWhole(Path file) throws IOException {
    int time = score.length();
    List<int[]> shades = shades();
    List<XYChart> panels = new ArrayList<>();
    for (int channel = 0; channel < input.channels().size(); channel++) {
      String name = input.channels().get(channel);
      panels.add(
          signal("", name, channel, 0, time)
              .shade(shades)
              .line(name, ChartStyle.BLUE, input.test().samples(), input.channels().size(), channel)
              .chart());
    }
    panels.add(scorePanel("", 0, time, shades));
    ChartFile.write(panels, file);
  }

  /** What was put in, or else what was found: each from near, with the score below. */
  void writeClose(Path file) throws IOException {
    List<XYChart> panels = new ArrayList<>();
    List<int[]> shades = shades();
    for (Close close : input.faults().isEmpty() ? highestAlarms() : strongestFaults()) {
      int middle = (close.from + close.to) / 2;
      int half = Math.max(150, (close.to - close.from) * 3 / 4);
      int from = Math.max(0, middle - half);
      int to = Math.min(score.length(), middle + half);
      int count = input.channels().size();
      panels.add(
          signal(close.title, input.channels().get(close.channel), close.channel, from, to)
              .shade(shades)
              .line("measured", ChartStyle.BLUE, input.test().samples(), count, close.channel)
              .line("model", ChartStyle.ORANGE, reconstruction.samples(), count, close.channel)
              .chart());
      panels.add(scorePanel("", from, to, shades));
    }
    ChartFile.write(panels, file);
  }

  private record Close(String title, int channel, int from, int to) {}

  private List<Close> strongestFaults() {
    return input.faults().stream()
        .filter(f -> f.strength() == 1)
        .map(f -> new Close(title(f.name(), f.from()), f.kind().channel(), f.from(), f.to()))
        .toList();
  }

  private List<Close> highestAlarms() {
    List<Alarm> some = new ArrayList<>(alarms);
    some.sort(Comparator.comparingDouble(Alarm::highest).reversed());
    if (some.isEmpty()) {
      some.add(new Alarm(0, Math.min(300, score.length()), 0));
    }
    return some.stream()
        .limit(MOST_CLOSE)
        .map(a -> new Close(title("alarm", a.from()), worstChannel(a), a.from(), a.to()))
        .toList();
  }

  private String title(String what, int from) {
    return String.format(
        "%s at %s: measured (blue), the model's (orange)", what, input.time().at(from));
  }

  /** The channel whose error is largest there, against its own range. */
  private int worstChannel(Alarm alarm) {
    int count = input.channels().size();
    float[] measured = input.test().samples();
    float[] modelled = reconstruction.samples();
    int worst = 0;
    double most = -1;
    for (int c = 0; c < count; c++) {
      double[] range = range(c, 0, score.length());
      double error = 0;
      for (int t = alarm.from(); t < alarm.to(); t++) {
        error += Math.abs(measured[t * count + c] - modelled[t * count + c]);
      }
      if (error / (range[1] - range[0]) > most) {
        most = error / (range[1] - range[0]);
        worst = c;
      }
    }
    return worst;
  }

  private List<int[]> shades() {
    return input.faults().isEmpty()
        ? alarms.stream().map(a -> new int[] {a.from(), a.to()}).toList()
        : input.faults().stream().map(f -> new int[] {f.from(), f.to()}).toList();
  }

  private SeriesPanel signal(String title, String name, int channel, int from, int to) {
    double[] range = range(channel, from, to);
    return new SeriesPanel(title, name, from, to, input.time(), range[0], range[1]);
  }

  /** The least and the largest of a channel, and a little more. */
  private double[] range(int channel, int from, int to) {
    double least = Double.MAX_VALUE;
    double most = -Double.MAX_VALUE;
    int count = input.channels().size();
    for (float[] samples : List.of(input.test().samples(), reconstruction.samples())) {
      for (int t = from; t < to; t++) {
        least = Math.min(least, samples[t * count + channel]);
        most = Math.max(most, samples[t * count + channel]);
      }
    }
    double room = Math.max(1e-6, 0.05 * (most - least));
    return new double[] {least - room, most + room};
  }

  private XYChart scorePanel(String title, int from, int to, List<int[]> shades) {
    return new SeriesPanel(
            title, "score", from, to, input.time(), -1, Math.max(1, MOST_SCORE * threshold))
        .shade(shades)
        .line("score", DARK, score.samples(), 1, 0)
        .level("threshold", RED, threshold)
        .chart();
  }
}
