package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.FolderListing;
import io.github.vqvae4j.data.IgnoredPath;
import io.github.vqvae4j.data.Series;
import io.github.vqvae4j.data.WavFiles;
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
 * What the series example trains on and looks for faults in.
 *
 * @param name for messages
 * @param files for messages, the name of what each of the series is from
 * @param train normal series
 * @param heldOut further normal series
 * @param test where to look, in the last of the files
 * @param time where the test stands in its file
 * @param channels their names
 * @param faults that were put into the test; none if it is not known what is in it
 * @param sound whether it came from WAV files
 * @param ignored what else is in their folder
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
  private static final int OTHER_SECONDS = 60;
  private static final String SENSORS = "a machine's sensors";
  private static final List<String> SOUNDS =
      List.of(".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma");

  /** A machine's sensors, with faults in the test. */
  static SeriesInput generated(long seed) {
    int other = OTHER_SECONDS * MachineSensors.RATE;
    List<Fault> faults = Fault.each(other, seed);
    return new SeriesInput(
        SENSORS,
        List.of(SENSORS),
        List.of(MachineSensors.measure(TRAINING_SECONDS * MachineSensors.RATE, List.of(), seed)),
        List.of(MachineSensors.measure(other, List.of(), seed + 1)),
        MachineSensors.measure(other, faults, seed + 2),
        new Timeline(0, MachineSensors.RATE),
        MachineSensors.CHANNELS,
        faults,
        false,
        List.of());
  }

  /**
   * The user's own: of each series the first three fifths to train on, the next fifth held out; of
   * the last series, the rest to look at.
   *
   * @param data a WAV file, a folder of WAV files, or any other file: a table
   * @param csv how a table is read
   */
  static SeriesInput of(Path data, CsvOptions csv) throws IOException {
    Optional<FolderListing> folder =
        Files.isDirectory(data) ? Optional.of(FolderListing.sounds(data)) : Optional.empty();
    String name = data.toString().toLowerCase(Locale.ROOT);
    // Those that are no WAV files are named when they are read as such.
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
      Series one = all.get(i);
      int fifth = one.length() / 5;
      if (fifth == 0) {
        throw new IllegalArgumentException(
            names.get(i) + ": got " + one + ", expected 5 samples or more; leave it out");
      }
      train.add(one.range(0, 3 * fifth));
      heldOut.add(one.range(3 * fifth, 4 * fifth));
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
        new Timeline(start, last.rate()),
        channels,
        List.of(),
        sound,
        folder.map(FolderListing::ignored).orElse(List.of()));
  }
}
