package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.ChannelScale;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.examples.Alarms.Alarm;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesCommandTest {
  private static final List<String> RESULTS =
      List.of(
          "details.png",
          "checkpoints",
          "config.json",
          "detector.json",
          "metrics.csv",
          "metrics.json",
          "model.safetensors",
          "options.json",
          "scale.json",
          "series.png",
          "summary.txt");

  @TempDir Path folder;

  @Test
  void faultsOfAMachineAreDetected() throws IOException {
    Path output = folder.resolve("out");
    Run run = Run.of("series", "--steps=3", "--codes=16", "--output=" + output).succeeded();
    assertTrue(run.out().contains("of 15 faults detected"), run.out());
    assertTrue(run.out().contains("false alarms in 60 s, AUC"), run.out());
    assertFiles(output, Set.copyOf(RESULTS));
    assertEquals(5 * 260, Images.read(output.resolve("series.png")).height());
    assertEquals(10 * 260, Images.read(output.resolve("details.png")).height());
    try (VqVae model = VqVae.load(output.resolve("model.safetensors"))) {
      AnomalyDetector.load(output.resolve("detector.json"), model);
    }
    assertEquals(4, ChannelScale.load(output.resolve("scale.json")).means().size());
  }

  @Test
  void audioIsReconstructed() throws IOException {
    Path sounds = Files.createDirectory(folder.resolve("sounds"));
    WavFiles.write(tone(12_000), sounds.resolve("a.wav"));
    WavFiles.write(tone(9_001), sounds.resolve("b.wav"));
    Path output = folder.resolve("out");
    Run run =
        Run.of(
                "series",
                "--data=" + sounds,
                "--steps=3",
                "--codes=16",
                "--window=64",
                "--false-positives=0.02",
                "--output=" + output)
            .succeeded();
    assertTrue(
        run.out()
            .lines()
            .anyMatch(l -> l.matches("\\d+ alarms? in 0\\.225 s, starting at 0\\.900 s")),
        run.out());
    assertFiles(
        output,
        Stream.concat(RESULTS.stream(), Stream.of("reconstruction.wav"))
            .collect(Collectors.toSet()));
    Series written = WavFiles.read(output.resolve("reconstruction.wav"));
    assertEquals("Series[1801, 2] at 8000.0 Hz", written.toString());
  }

  @Test
  void aTableIsSearchedForFaults() throws IOException {
    StringBuilder csv = new StringBuilder("one,two\n");
    for (int t = 0; t < 10_000; t++) {
      csv.append(Math.sin(t * 0.1)).append(',').append(1_000 + t % 7).append('\n');
    }
    Path file = Files.writeString(folder.resolve("table.CSV"), csv);
    Path output = folder.resolve("out");
    Run run =
        Run.of(
                "series",
                "--data=" + file,
                "--steps=3",
                "--codes=16",
                "--window=16",
                "--output=" + output)
            .succeeded();
    assertTrue(run.out().contains(" alarms in 2000 samples, starting at 8000"), run.out());
    assertFiles(output, Set.copyOf(RESULTS));
  }

  @Test
  void alarmsHavePositionsInTheFile() throws IOException {
    StringBuilder csv = new StringBuilder("one\n");
    float[] samples = new float[8_000];
    for (int t = 0; t < samples.length; t++) {
      boolean fault = t >= 7_400 && t < 7_440;
      samples[t] = (float) ((fault ? 0.9 : 0.1) * Math.sin(t * (fault ? 1.9 : 0.2)));
      csv.append(samples[t]).append('\n');
    }
    Path table = Files.writeString(folder.resolve("table.csv"), csv);
    Path sound = folder.resolve("sound.wav");
    WavFiles.write(Series.of(samples, 1, 1_000), sound);
    int[] at = highestAlarm(table, "samples (\\d+) to (\\d+): score");
    assertTrue(
        at[0] > 7_350 && at[0] < 7_440 && at[1] > 7_400 && at[1] < 7_490, at[0] + " " + at[1]);
    at = highestAlarm(sound, "from (\\d\\.\\d{3}) s to (\\d\\.\\d{3}) s: score");
    assertTrue(
        at[0] > 7_350 && at[0] < 7_440 && at[1] > 7_400 && at[1] < 7_490, at[0] + " " + at[1]);
  }

  private int[] highestAlarm(Path file, String pattern) throws IOException {
    String out =
        Run.of(
                "series",
                "--data=" + file,
                "--steps=20",
                "--codes=16",
                "--window=16",
                "--false-positives=0.02",
                "--output=" + folder.resolve("out-" + file.getFileName()))
            .succeeded()
            .out();
    Matcher alarm = Pattern.compile(pattern).matcher(out);
    assertTrue(alarm.find(), out);
    return new int[] {
      Integer.parseInt(alarm.group(1).replace(".", "")),
      Integer.parseInt(alarm.group(2).replace(".", ""))
    };
  }

  @Test
  void timelinePositionsReferToTheFile() {
    Timeline samples = new Timeline(48_000, 0);
    assertEquals("samples 54977 to 55099", samples.interval(6_977, 7_100));
    assertEquals("sample 54977", samples.interval(6_977, 6_978));
    assertEquals("sample 54977", samples.at(6_977));
    assertEquals("12000 samples, starting at 48000", samples.extent(12_000));
    assertEquals(54_977, samples.position(6_977));
    Timeline seconds = new Timeline(16_000, 8_000);
    assertEquals("from 2.500 s to 2.501 s", seconds.interval(4_000, 4_008));
    assertEquals("2.500 s", seconds.at(4_000));
    assertEquals("0.500 s, starting at 2.000 s", seconds.extent(4_000));
    assertEquals(2.5, seconds.position(4_000));
    assertEquals("4.000 s", new Timeline(0, 1_000).extent(4_000));
  }

  @Test
  void columnsOfATableAreSelected() throws IOException {
    StringBuilder table = new StringBuilder("time;speed;load\n");
    for (int t = 0; t < 8_000; t++) {
      table.append(t).append(';').append(Math.sin(t / 5.0)).append(';').append(t % 7).append('\n');
    }
    Path file = Files.writeString(folder.resolve("table.txt"), table);
    Run run =
        Run.of(
            "series",
            "--data=" + file,
            "--separator=;",
            "--columns=load,speed",
            "--window=16",
            "--steps=2",
            "--codes=8",
            "--false-positives=0.05",
            "--output=" + folder.resolve("table"));
    run.succeeded();
    assertTrue(run.out().contains("Series[1600, 2]"), run::out);
    Run.of("series", "--data=" + file, "--separator=;", "--columns=weight")
        .failed(1, "table.txt", "weight");
  }

  @Test
  void columnNamesMayContainCommas() throws IOException {
    StringBuilder table = new StringBuilder("time;\"Temperatur, innen\";\"5\"\"\";Druck\n");
    for (int t = 0; t < 4_000; t++) {
      table.append(t).append(';').append(Math.sin(t / 5.0)).append(";2;").append(t % 7 / 2.0);
      table.append('\n');
    }
    Path file = Files.writeString(folder.resolve("table.csv"), table);
    int runs = 0;
    for (List<String> columns :
        List.of(
            List.of("--columns=\"Temperatur, innen\",Druck"),
            List.of("--columns", "\"Temperatur, innen\"", "--columns", "Druck"),
            List.of("--columns=Druck", "--columns=\"Temperatur, innen\""))) {
      Stream<String> others =
          Stream.of(
              "series",
              "--data=" + file,
              "--separator=;",
              "--window=16",
              "--steps=2",
              "--codes=8",
              "--false-positives=0.05",
              "--output=" + folder.resolve("commas" + runs++));
      Run run = Run.of(Stream.concat(others, columns.stream()).toArray(String[]::new)).succeeded();
      assertTrue(run.out().contains("Series[800, 2]"), run::out);
    }
    // Quotation marks within a name belong to it.
    Run.of("series", "--data=" + file, "--separator=;", "--columns=5\"", "--window=900")
        .failed(1, "Series[800, 1]");
    Run.of("series", "--data=" + file, "--separator=;", "--columns=Temperatur, innen")
        .failed(1, "[time, \"Temperatur, innen\", 5\", Druck]", "name Temperatur");
    String help = Run.of("series", "--help").succeeded().out();
    assertTrue(help.replaceAll("\\s+", " ").contains("\"Temperature, inside\",Load"), help);
  }

  @Test
  void optionsConfigureTheFormatOfATable() throws IOException {
    StringBuilder table = new StringBuilder("time\tspeed\n");
    for (int t = 0; t < 4_000; t++) {
      String value = String.format(Locale.GERMANY, "%.3f", Math.sin(t / 5.0));
      table.append(1_700_000_000 + t).append('\t').append(t == 7 ? "NA" : value).append('\n');
    }
    Path file = Files.writeString(folder.resolve("table.tsv"), table);
    for (String tab : new String[] {"\\t", "\t", "tab"}) {
      Run.of("series", "--data=" + file, "--separator=" + tab)
          .failed(1, "line 2, column 2 (speed)", "--decimal COMMA");
    }
    Run.of("series", "--data=" + file).failed(1, "table.tsv", "--separator '\\t'");
    Run.of("series", "--data=" + file, "--separator=tab", "--decimal=comma")
        .failed(1, "line 9", "\"NA\"", "--missing DROP_LINE, PREVIOUS or INTERPOLATE");
    Run.of(
            "series",
            "--data=" + file,
            "--separator=tab",
            "--decimal=comma",
            "--missing=interpolate")
        .failed(1, "column 1 (time)", "--index PRESENT", "--columns");
    Run.of("series", "--data=" + file, "--header=absent", "--columns=speed")
        .failed(1, "[speed]", "--header ABSENT");
    Run.of(
            "series",
            "--data=" + file,
            "--separator=tab",
            "--decimal=comma",
            "--missing=interpolate",
            "--index=present",
            "--comments=false",
            "--window=16",
            "--steps=2",
            "--codes=8",
            "--false-positives=0.05",
            "--output=" + folder.resolve("tsv"))
        .succeeded();
    for (String wrong : new String[] {"", "ab", "5", "\""}) {
      Run.of("series", "--data=" + file, "--separator=" + wrong).failed(2, "--separator", "';'");
    }
    Run.of("series", "--missing=guess").failed(2, "--missing", "INTERPOLATE");
    Path odd = folder.resolve("odd.csv");
    Files.writeString(odd, "a,b\n1,2\n########,3\n");
    Run.of("series", "--data=" + odd).failed(1, "line 3", "########", "--comments false");
    Files.writeString(odd, "2020\n1.2\n1.3\n");
    Run.of("series", "--data=" + odd).failed(1, "[2020]", "--header PRESENT or ABSENT");
  }

  @Test
  void invalidInputIsReportedInOneLine() throws IOException {
    Path output = folder.resolve("out");
    Path sound = folder.resolve("short.wav");
    WavFiles.write(tone(3_000), sound);
    Run.of("series", "--data=" + sound, "--steps=3", "--window=600", "--output=" + output)
        .failed(1, "short.wav", "Series[600, 2]", "at least 99 windows", "--window");
    Run.of("series", "--data=" + sound, "--window=700").failed(1, "Series[600, 2]", "--window");
    Run.of("series", "--data=" + sound, "--window=4", "--steps=3", "--output=" + output)
        .failed(1, "a length that is a multiple of 8", "got 4");
    Run.of("series", "--window=9000", "--output=" + output)
        .failed(1, "machine sensors: expected", "got Series[60000, 4]", "--window");
    Path sounds = Files.createDirectory(folder.resolve("sounds"));
    WavFiles.write(tone(9_000), sounds.resolve("a.wav"));
    WavFiles.write(tone(3_000), sounds.resolve("b.wav"));
    WavFiles.write(tone(9_000), sounds.resolve("c.wav"));
    Run.of("series", "--data=" + sounds, "--window=400", "--output=" + output)
        .failed(1, sounds.resolve("b.wav") + ": expected", "got Series[600, 2]", "--window");
    Run.of("series", "--data=" + sounds, "--window=64", "--output=" + output)
        .failed(1, "sounds: expected at least 99 windows", "got 62 windows in 3 files");
    WavFiles.write(tone(4), sounds.resolve("b.wav"));
    Run.of("series", "--data=" + sounds, "--output=" + output)
        .failed(1, sounds.resolve("b.wav") + ": expected 5 samples or more, got Series[4, 2]");
    WavFiles.write(Series.of(new float[900], 1, 8_000), sounds.resolve("b.wav"));
    Run.of("series", "--data=" + sounds, "--window=8", "--output=" + output)
        .failed(1, sounds.resolve("b.wav") + ": header: got 1 channel", "2 of the 3 files");
    Path flac = Files.writeString(folder.resolve("bird.FLAC"), "fLaC and more");
    Run.of("series", "--data=" + flac, "--output=" + output)
        .failed(1, "bird.FLAC", "got a FLAC file");
    assertFalse(Files.exists(output));
  }

  @Test
  void faultsChangeOnlyTheirInterval() {
    List<Fault> faults = Fault.each(15_000, 7);
    Series good = MachineSensors.measure(15_000, List.of(), 3);
    Series bad = MachineSensors.measure(15_000, faults, 3);
    float[] goods = good.samples();
    float[] bads = bad.samples();
    for (int i = 0; i < goods.length; i++) {
      int time = i / 4;
      int channel = i % 4;
      if (faults.stream().noneMatch(f -> f.covers(time) && f.kind().channel() == channel)) {
        assertEquals(goods[i], bads[i]);
      }
    }
    for (Fault fault : faults) {
      int middle = (fault.start() + fault.end()) / 2 * 4 + fault.kind().channel();
      assertTrue(goods[middle] != bads[middle], fault.name());
    }
    assertArrayEquals(bads, MachineSensors.measure(15_000, faults, 3).samples());
  }

  @Test
  void alarmsEndWhenTheScoreStaysLow() {
    Series score = Series.of(new float[] {0, 2, 3, 0, 2, 0, 0, 5}, 1, 1);
    assertEquals(List.of(new Alarm(1, 5, 3), new Alarm(7, 8, 5)), Alarms.of(score, 1, 2));
    assertEquals(List.of(new Alarm(1, 8, 5)), Alarms.of(score, 1, 3));
    assertEquals(List.of(), Alarms.of(score, 5, 3));
  }

  private static Series tone(int time) {
    float[] samples = new float[2 * time];
    for (int t = 0; t < time; t++) {
      samples[2 * t] = (float) (0.5 * Math.sin(t * 0.2));
      samples[2 * t + 1] = (float) (0.3 * Math.sin(t * 0.35));
    }
    return Series.of(samples, 2, 8_000);
  }

  private static void assertFiles(Path output, Set<String> names) throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      assertEquals(
          names, files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
  }
}
