package io.github.vqvae4j.data;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.InputFile;
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
import org.slf4j.LoggerFactory;

/**
 * Sounds in WAV files (RIFF, RF64 and BW64) of any number of channels: PCM of up to 32 bits, and
 * floating point of 32 and 64 bits. A sample s of n bits becomes s / 2^(n-1), from -1 to below 1;
 * floating point stays as it is, also beyond -1 and 1. The rate stays that of the file. Files are
 * written with 16 bits.
 */
public final class WavFiles {
  private static final Logger LOG = LoggerFactory.getLogger(WavFiles.class);
  private static final int HEADER = 44;
  private static final short PCM = 1;

  private WavFiles() {}

  /**
   * Reads one file.
   *
   * <p>Chunks other than {@code fmt } and {@code data} are skipped, whether they are padded or not,
   * and so is a last frame that is not complete. Samples in more bytes than they have bits, as 24
   * bits in 4 bytes, are read from the upper bits; if the lower ones are not 0, it is not certain
   * where they are, and the file is refused. Of several {@code data} chunks the first is read, as
   * other programs do, and a warning logged.
   *
   * <p>A program that writes to a pipe cannot know the sizes in the header, and leaves 0 or a
   * placeholder there. So if the size of the samples is 0 or exceeds the file, they are read to its
   * end, as long as the RIFF size does not exceed the file, or is a placeholder, too: 7FFF0000 (2
   * GB) or more, but for RF64. If both exceed the file, it is cut off, and refused.
   *
   * @param file a WAV file
   * @return its sound
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is no WAV file of such samples (the message names what it is, if
   *     that can be seen), is cut off, holds NaN, infinity or more samples than an array
   * @throws IOException if it cannot be read
   * @throws InsufficientMemoryException if the heap is too small for its samples
   */
  public static Series read(Path file) throws IOException {
    InputFile.require(file, "a WAV file");
    try (FileBytes bytes = new FileBytes(file)) {
      return new WavReading(bytes).read();
    }
  }

  /**
   * Reads all files of a folder whose names end in {@code .wav}, in the order of their names. What
   * else is there is passed over, and counted and named in the log.
   *
   * @param folder the folder; those in it are not looked into
   * @return their sounds, of equal channels and rates, in the order of {@link FolderListing#sounds}
   * @throws NoSuchFileException if there is no such folder
   * @throws BadFileException if it holds no such file, one cannot be read, or one has other
   *     channels or another rate than most
   * @throws IOException if the folder or a file cannot be read
   */
  public static List<Series> in(Path folder) throws IOException {
    FolderListing listing = FolderListing.sounds(folder);
    LOG.info("{}", listing);
    return read(listing);
  }

  /**
   * Reads the files of a listing.
   *
   * @param listing of sounds
   * @return their sounds, of equal channels and rates, in its order
   * @throws BadFileException if one cannot be read, or has other channels or another rate than most
   * @throws IOException if a file cannot be read
   */
  public static List<Series> read(FolderListing listing) throws IOException {
    List<Series> sounds = new ArrayList<>();
    for (Path file : listing.files()) {
      sounds.add(read(file));
    }
    requireEqual(listing.files(), sounds);
    return List.copyOf(sounds);
  }

  /** Names the first that is unlike most of them; of two kinds as frequent, the first is right. */
  private static void requireEqual(List<Path> files, List<Series> sounds) throws BadFileException {
    Map<String, Integer> kinds = new LinkedHashMap<>();
    sounds.forEach(sound -> kinds.merge(kind(sound), 1, Integer::sum));
    int most = Collections.max(kinds.values());
    String usual = "";
    for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
      usual = usual.isEmpty() && kind.getValue() == most ? kind.getKey() : usual;
    }
    for (int i = 0; i < files.size(); i++) {
      if (!kind(sounds.get(i)).equals(usual)) {
        throw new BadFileException(
            files.get(i),
            "header",
            "got "
                + kind(sounds.get(i))
                + " samples a second, expected "
                + usual
                + " as in "
                + most
                + " of the "
                + files.size()
                + " files of the folder; convert it, move it away, or read the"
                + " files one by one with WavFiles.read");
      }
    }
  }

  private static String kind(Series sound) {
    return Counts.of(sound.channels(), "channel") + " at " + sound.rate();
  }

  /**
   * Writes a sound as PCM of 16 bits, whole or not at all. A sample x becomes 32,768 x, rounded;
   * what is outside -1..1 is cut off there. So a file of 8 or 16 bits that was read is written as
   * it sounds, exactly.
   *
   * @param sound samples from -1 to 1, at a rate of whole samples in a second
   * @param file the file; an older one is replaced
   * @throws IllegalArgumentException if a WAV file cannot hold its rate, its channels (at most
   *     16,383), or so many samples (at most 2 GB)
   * @throws IOException if the file cannot be written
   */
  public static void write(Series sound, Path file) throws IOException {
    byte[] bytes = new byte[checkWritable(sound)];
    ByteBuffer wav = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int frame = 2 * sound.channels();
    int rate = (int) sound.rate();
    wav.put(ascii("RIFF")).putInt(bytes.length - 8).put(ascii("WAVE"));
    wav.put(ascii("fmt ")).putInt(16).putShort(PCM).putShort((short) sound.channels());
    wav.putInt(rate).putInt(rate * frame).putShort((short) frame).putShort((short) 16);
    wav.put(ascii("data")).putInt(bytes.length - HEADER);
    for (float sample : sound.samples()) {
      int rounded = Math.round(sample * 0x1p15f);
      wav.putShort((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, rounded)));
    }
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /** Gives the file's length. */
  private static int checkWritable(Series sound) {
    double rate = sound.rate();
    long length = HEADER + 2L * sound.time() * sound.channels();
    if (rate < 1
        || rate != Math.rint(rate)
        || rate * 2 * sound.channels() > Integer.MAX_VALUE
        || 2 * sound.channels() > Short.MAX_VALUE
        || length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "got "
              + sound
              + ", expected for a WAV file at most 16383 channels, 2 GB, and a rate of whole samples"
              + " in a second, 1 or more; give it a rate with Series.of, or write it in parts");
    }
    return (int) length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
