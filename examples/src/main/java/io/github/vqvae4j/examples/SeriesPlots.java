package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.examples.Alarms.Alarm;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/** Charts of a series, its reconstruction and its anomaly score. */
final class SeriesPlots {
  private static final int MAX_DETAILS = 5;
  private static final Color RED = new Color(190, 30, 40);
  private static final Color DARK_GRAY = new Color(70, 70, 70);

  /** The upper limit of the score axis, as a multiple of the threshold. */
  private static final double SCORE_LIMIT = 4;

  private final SeriesInput input;
  private final Series reconstruction;
  private final Series score;
  private final double threshold;
  private final List<Alarm> alarms;

  SeriesPlots(
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

  /** Writes all channels and the score over the whole test section. */
  void writeOverview(Path file) throws IOException {
    int time = score.length();
    List<int[]> shades = shades();
    List<XYChart> panels = new ArrayList<>();
    for (int channel = 0; channel < input.channels().size(); channel++) {
      String name = input.channels().get(channel);
      panels.add(
          signal(name, name, channel, 0, time)
              .shade(shadeName(), shades)
              .line(
                  "measured",
                  ChartStyle.BLUE,
                  input.test().samples(),
                  input.channels().size(),
                  channel)
              .chart());
    }
    panels.add(scorePanel("anomaly score", 0, time, shades));
    ChartFile.write(panels, file);
  }

  /**
   * Writes a detailed view of each simulated fault or, if the faults are unknown, of the highest
   * alarms, each above its score.
   */
  void writeDetails(Path file) throws IOException {
    List<XYChart> panels = new ArrayList<>();
    List<int[]> shades = shades();
    for (Detail detail : input.faults().isEmpty() ? highestAlarms() : strongestFaults()) {
      int middle = (detail.start + detail.end) / 2;
      int half = Math.max(150, (detail.end - detail.start) * 3 / 4);
      int start = Math.max(0, middle - half);
      int end = Math.min(score.length(), middle + half);
      int count = input.channels().size();
      panels.add(
          signal(detail.title, input.channels().get(detail.channel), detail.channel, start, end)
              .shade(shadeName(), shades)
              .line("measured", ChartStyle.BLUE, input.test().samples(), count, detail.channel)
              .line(
                  "reconstruction",
                  ChartStyle.ORANGE,
                  reconstruction.samples(),
                  count,
                  detail.channel)
              .chart());
      panels.add(scorePanel("", start, end, shades));
    }
    ChartFile.write(panels, file);
  }

  private record Detail(String title, int channel, int start, int end) {}

  private List<Detail> strongestFaults() {
    return input.faults().stream()
        .filter(f -> f.strength() == 1)
        .map(f -> new Detail(title(f.name(), f.start()), f.kind().channel(), f.start(), f.end()))
        .toList();
  }

  private List<Detail> highestAlarms() {
    List<Alarm> highest = new ArrayList<>(alarms);
    highest.sort(Comparator.comparingDouble(Alarm::peak).reversed());
    if (highest.isEmpty()) {
      highest.add(new Alarm(0, Math.min(300, score.length()), 0));
    }
    return highest.stream()
        .limit(MAX_DETAILS)
        .map(a -> new Detail(title("alarm", a.start()), worstChannel(a), a.start(), a.end()))
        .toList();
  }

  private String title(String event, int start) {
    return event + " at " + input.time().at(start);
  }

  /** Returns the channel with the largest error during an alarm, relative to its range. */
  private int worstChannel(Alarm alarm) {
    int count = input.channels().size();
    float[] measured = input.test().samples();
    float[] reconstructed = reconstruction.samples();
    int worst = 0;
    double maxError = -1;
    for (int c = 0; c < count; c++) {
      double[] range = range(c, 0, score.length());
      double error = 0;
      for (int t = alarm.start(); t < alarm.end(); t++) {
        error += Math.abs(measured[t * count + c] - reconstructed[t * count + c]);
      }
      if (error / (range[1] - range[0]) > maxError) {
        maxError = error / (range[1] - range[0]);
        worst = c;
      }
    }
    return worst;
  }

  private List<int[]> shades() {
    return input.faults().isEmpty()
        ? alarms.stream().map(a -> new int[] {a.start(), a.end()}).toList()
        : input.faults().stream().map(f -> new int[] {f.start(), f.end()}).toList();
  }

  private String shadeName() {
    return input.faults().isEmpty() ? "alarm" : "simulated fault";
  }

  private SeriesPanel signal(String title, String name, int channel, int start, int end) {
    double[] range = range(channel, start, end);
    return new SeriesPanel(title, name, start, end, input.time(), range[0], range[1]);
  }

  /** Returns the minimum and maximum of a channel, with a margin. */
  private double[] range(int channel, int start, int end) {
    double min = Double.MAX_VALUE;
    double max = -Double.MAX_VALUE;
    int count = input.channels().size();
    for (float[] samples : List.of(input.test().samples(), reconstruction.samples())) {
      for (int t = start; t < end; t++) {
        min = Math.min(min, samples[t * count + channel]);
        max = Math.max(max, samples[t * count + channel]);
      }
    }
    double margin = Math.max(1e-6, 0.05 * (max - min));
    return new double[] {min - margin, max + margin};
  }

  private XYChart scorePanel(String title, int start, int end, List<int[]> shades) {
    double limit = Math.max(1, SCORE_LIMIT * threshold);
    return new SeriesPanel(title, "score (std. dev.)", start, end, input.time(), -1, limit)
        .shade(shadeName(), shades)
        .line(scoreName(maximum(start, end), limit), DARK_GRAY, score.samples(), 1, 0)
        .level(String.format(Locale.ROOT, "threshold %.2f", threshold), RED, threshold)
        .chart();
  }

  private double maximum(int start, int end) {
    float[] scores = score.samples();
    return IntStream.range(start, end).mapToDouble(t -> scores[t]).max().orElse(0);
  }

  /** Returns the name of the score, and its maximum if that is above the limit of the axis. */
  static String scoreName(double maximum, double limit) {
    return maximum > limit
        ? String.format(Locale.ROOT, "score, cut at %.1f (maximum %.1f)", limit, maximum)
        : "score";
  }
}
