package io.github.vqvae4j.data.series;

import io.github.vqvae4j.data.image.FolderListing;
import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Reads and writes WAV files (RIFF, RF64 and BW64) with any number of channels: PCM of up to 32
 * bits, and floating point of 32 and 64 bits. A PCM sample s of n bits becomes s / 2^(n-1), from -1
 * to below 1; floating-point samples are unchanged, even outside [-1, 1]. The sampling rate is that
 * of the file. Files are written as 16-bit PCM.
 *
 * <pre>{@code
 * List<Series> birds = WavFiles.in(Path.of("birds"));
 * Dataset windows = Series.windows(birds, 4_096, 2_048);
 * WavFiles.write(birds.get(0).range(0, 44_100), Path.of("excerpt.wav"));
 * }</pre>
 */
public final class WavFiles {
  private static final Logger LOG = Log.of(WavFiles.class);
  private static final int HEADER = 44;
  private static final short PCM = 1;

  private WavFiles() {}

  /**
   * Reads one file.
   *
   * <p>Chunks other than {@code fmt } and {@code data} are skipped, with or without padding, as is
   * an incomplete last frame. If samples occupy more bytes than they have bits, such as 24 bits in
   * 4 bytes, they are read from the upper bits; if the lower bits are not 0, their position is
   * ambiguous and the file is an error. If there are several {@code data} chunks, the first is
   * read, as other programs do, and a warning is logged.
   *
   * <p>Programs that write to a pipe do not know the sizes in the header and write 0 or a
   * placeholder. Therefore, if the size of the samples is 0 or exceeds the file, they are read to
   * the end of the file, provided that the RIFF size does not exceed the file or is also a
   * placeholder: 7FFF0000 (2 GB) or more, except in RF64. If both exceed the file, it is truncated,
   * which is an error.
   *
   * @param file a WAV file
   * @return the samples
   * @throws NoSuchFileException if the file does not exist
   * @throws BadFileException if the file is not a WAV file with a supported sample format (the
   *     message names the actual format, if it can be detected), is truncated, contains NaN or
   *     infinity, or contains more samples than fit into an array
   * @throws IOException if the file cannot be read
   * @throws InsufficientMemoryException if the heap is too small for the samples
   */
  public static Series read(Path file) throws IOException {
    InputFile.requireRegularFile(file, "a WAV file");
    try (FileBytes bytes = new FileBytes(file)) {
      return new WavReader(bytes).read();
    }
  }

  /**
   * Reads all files of a folder whose names end in {@code .wav}, in the order of their names. Other
   * files are ignored; the log reports their number and names.
   *
   * @param folder the folder; its subfolders are not searched
   * @return the series, with equal numbers of channels and sampling rates, in the order of {@link
   *     FolderListing#wavFiles}
   * @throws NoSuchFileException if the folder does not exist
   * @throws BadFileException if the folder contains no such file, a file cannot be read, or a file
   *     has a different number of channels or sampling rate than most others
   * @throws IOException if the folder or a file cannot be read
   */
  public static List<Series> in(Path folder) throws IOException {
    FolderListing listing = FolderListing.wavFiles(folder);
    LOG.info("{}", listing);
    return read(listing);
  }

  /**
   * Reads the files of a listing.
   *
   * @param listing a listing of WAV files
   * @return the series, with equal numbers of channels and sampling rates, in the order of the
   *     listing
   * @throws BadFileException if a file cannot be read, or has a different number of channels or
   *     sampling rate than most others
   * @throws IOException if a file cannot be read
   */
  public static List<Series> read(FolderListing listing) throws IOException {
    List<Series> series = new ArrayList<>();
    for (Path file : listing.files()) {
      series.add(read(file));
    }
    requireEqual(listing.files(), series);
    return List.copyOf(series);
  }

  /**
   * Throws an exception for the first file that differs from the most frequent kind; of equally
   * frequent kinds, the first counts.
   */
  private static void requireEqual(List<Path> files, List<Series> series) throws BadFileException {
    Map<String, Integer> kinds = new LinkedHashMap<>();
    series.forEach(s -> kinds.merge(kind(s), 1, Integer::sum));
    int max = Collections.max(kinds.values());
    String usual = "";
    for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
      usual = usual.isEmpty() && kind.getValue() == max ? kind.getKey() : usual;
    }
    for (int i = 0; i < files.size(); i++) {
      if (!kind(series.get(i)).equals(usual)) {
        throw new BadFileException(
            files.get(i),
            "header",
            "got "
                + kind(series.get(i))
                + ", expected "
                + usual
                + " as in "
                + max
                + " of the "
                + files.size()
                + " files of the folder; convert the file, move it to another folder, or read the"
                + " files one by one with WavFiles.read");
      }
    }
  }

  private static String kind(Series series) {
    return Counts.of(series.channels(), "channel") + " at " + series.samplingRate() + " Hz";
  }

  /**
   * Writes a series as 16-bit PCM, atomically. A sample x becomes 32,768 x, rounded and clamped to
   * 16 bits. Writing is therefore lossless for files of 8 or 16 bits.
   *
   * @param series the samples, from -1 to 1, with an integer sampling rate
   * @param file the file; an existing one is replaced
   * @throws IllegalArgumentException if the sampling rate, the number of channels (at most 16,383)
   *     or the number of samples (at most 2 GB) is not supported by WAV files
   * @throws IOException if the file cannot be written
   */
  public static void write(Series series, Path file) throws IOException {
    byte[] bytes = new byte[checkWritable(series)];
    ByteBuffer wav = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int frame = 2 * series.channels();
    int rate = (int) series.samplingRate();
    wav.put(ascii("RIFF")).putInt(bytes.length - 8).put(ascii("WAVE"));
    wav.put(ascii("fmt ")).putInt(16).putShort(PCM).putShort((short) series.channels());
    wav.putInt(rate).putInt(rate * frame).putShort((short) frame).putShort((short) 16);
    wav.put(ascii("data")).putInt(bytes.length - HEADER);
    for (float sample : series.samples()) {
      int rounded = Math.round(sample * 0x1p15f);
      wav.putShort((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, rounded)));
    }
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /** Returns the length of the file. */
  private static int checkWritable(Series series) {
    double rate = series.samplingRate();
    long length = HEADER + 2L * series.length() * series.channels();
    if (rate < 1
        || rate != Math.rint(rate)
        || rate * 2 * series.channels() > Integer.MAX_VALUE
        || 2 * series.channels() > Short.MAX_VALUE
        || length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "got "
              + series
              + ", expected at most 16383 channels, at most 2 GB, and an integer sampling rate of"
              + " at least 1 for a WAV file; set a sampling rate with Series.of, or"
              + " write several files");
    }
    return (int) length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
