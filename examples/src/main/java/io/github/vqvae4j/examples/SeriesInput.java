package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.FolderListing;
import io.github.vqvae4j.data.image.IgnoredPath;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The input of the series example.
 *
 * @param name the name of the input, for messages
 * @param files the name of each series' file, for messages
 * @param train normal series for training
 * @param heldOut other normal series
 * @param test the section of the last file to search for faults
 * @param time the position of the test section in its file
 * @param channels the channel names
 * @param faults the simulated faults in the test section; empty if the faults are unknown
 * @param sound whether the series come from WAV files
 * @param ignored other files in the folder
 */
record SeriesInput(
    String name,
    List<String> files,
    List<Series> train,
    List<Series> heldOut,
    Series test,
    Timeline time,
    List<String> channels,
    List<Fault> faults,
    boolean sound,
    List<IgnoredPath> ignored) {
  private static final int TRAINING_SECONDS = 120;
  private static final int TEST_SECONDS = 60;
  private static final String SENSORS = "machine sensors";
  private static final List<String> SOUNDS =
      List.of(".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma");

  /** Generates sensor data of a machine, with faults in the test section. */
  static SeriesInput generated(long seed) {
    int time = TEST_SECONDS * MachineSensors.RATE;
    List<Fault> faults = Fault.each(time, seed);
    return new SeriesInput(
        SENSORS,
        List.of(SENSORS),
        List.of(MachineSensors.measure(TRAINING_SECONDS * MachineSensors.RATE, List.of(), seed)),
        List.of(MachineSensors.measure(time, List.of(), seed + 1)),
        MachineSensors.measure(time, faults, seed + 2),
        new Timeline(0, MachineSensors.RATE),
        MachineSensors.CHANNELS,
        faults,
        false,
        List.of());
  }

  /**
   * Reads the user's series. The first three fifths of each are for training, the next fifth is
   * held out; the rest of the last series is the test section.
   *
   * @param data a WAV file or a folder of WAV files; any other file is read as a table
   * @param csv the format of tables
   */
  static SeriesInput of(Path data, CsvOptions csv) throws IOException {
    Optional<FolderListing> folder =
        Files.isDirectory(data) ? Optional.of(FolderListing.wavFiles(data)) : Optional.empty();
    String name = data.toString().toLowerCase(Locale.ROOT);
    // WavFiles rejects other audio formats with an error that names the format.
    boolean sound = folder.isPresent() || SOUNDS.stream().anyMatch(name::endsWith);
    List<Path> files = folder.map(FolderListing::files).orElse(List.of(data));
    List<Series> all;
    if (folder.isPresent()) {
      all = WavFiles.read(folder.get());
    } else {
      all = List.of(sound ? WavFiles.read(data) : csv.read(data));
    }
    List<String> names = files.stream().map(FileNames::path).toList();
    List<Series> train = new ArrayList<>();
    List<Series> heldOut = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Series series = all.get(i);
      int fifth = series.length() / 5;
      if (fifth == 0) {
        throw new IllegalArgumentException(
            names.get(i) + ": expected 5 samples or more, got " + series + "; remove the file");
      }
      train.add(series.range(0, 3 * fifth));
      heldOut.add(series.range(3 * fifth, 4 * fifth));
    }
    Series last = all.get(all.size() - 1);
    List<String> channels =
        IntStream.rangeClosed(1, last.channels()).mapToObj(c -> "channel " + c).toList();
    int start = 4 * (last.length() / 5);
    return new SeriesInput(
        FileNames.path(data),
        names,
        train,
        heldOut,
        last.range(start, last.length()),
        new Timeline(start, last.samplingRate()),
        channels,
        List.of(),
        sound,
        folder.map(FolderListing::ignored).orElse(List.of()));
  }
}
