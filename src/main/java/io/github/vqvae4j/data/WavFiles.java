package io.github.vqvae4j.data;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.InputFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sounds in WAV files: PCM of 8, 16, 24 or 32 bits, any number of channels. A sample s of n bits
 * becomes s / 2^(n-1), from -1 to below 1; the rate stays that of the file. Written are 16 bits.
 */
public final class WavFiles {
  private static final Logger LOG = LoggerFactory.getLogger(WavFiles.class);
  private static final int BLOCK = 1 << 16;
  private static final int HEADER = 44;
  private static final short PCM = 1;

  private WavFiles() {}

  /**
   * Reads one file.
   *
   * @param file a WAV file
   * @return its sound
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is no WAV file of such samples, or is cut off
   * @throws IOException if it cannot be read
   */
  public static Series read(Path file) throws IOException {
    InputFile.require(file, "a WAV file");
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        AudioInputStream sound = AudioSystem.getAudioInputStream(bytes)) {
      AudioFormat format = sound.getFormat();
      checkFormat(file, format);
      byte[] data = data(sound);
      long frames = data.length / format.getFrameSize();
      if (frames == 0 || sound.getFrameLength() > frames) {
        throw new BadFileException(
            file,
            "data",
            "got "
                + frames
                + " frames, expected "
                + Math.max(1, sound.getFrameLength())
                + "; the file is empty or cut off, get it anew");
      }
      return Series.of(samples(data, format), format.getChannels(), format.getFrameRate());
    } catch (UnsupportedAudioFileException e) {
      throw new BadFileException(
          file,
          "header",
          "not a sound of a known kind, expected a WAV file of PCM samples; convert it to one, or"
              + " check the path",
          e);
    }
  }

  /**
   * Reads all files of a folder whose names end in {@code .wav}, in the order of their names. What
   * else is there is passed over, and counted and named in the log.
   *
   * @param folder the folder; those in it are not looked into
   * @return their sounds, in the order of {@link FolderListing#sounds}
   * @throws NoSuchFileException if there is no such folder
   * @throws BadFileException if it holds no such file, or one cannot be read
   * @throws IOException if the folder or a file cannot be read
   */
  public static List<Series> in(Path folder) throws IOException {
    FolderListing listing = FolderListing.sounds(folder);
    LOG.info("{}", listing);
    List<Series> sounds = new ArrayList<>();
    for (Path file : listing.files()) {
      sounds.add(read(file));
    }
    return List.copyOf(sounds);
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

  /** Reads to the end by whole frames; of less than one the stream gives nothing, for ever. */
  private static byte[] data(AudioInputStream sound) throws IOException {
    int frame = sound.getFormat().getFrameSize();
    byte[] block = new byte[frame * Math.max(1, BLOCK / frame)];
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int count = sound.read(block); count > 0; count = sound.read(block)) {
      data.write(block, 0, count);
    }
    return data.toByteArray();
  }

  private static void checkFormat(Path file, AudioFormat format) throws BadFileException {
    boolean signed = format.getEncoding().equals(AudioFormat.Encoding.PCM_SIGNED);
    boolean unsigned = format.getEncoding().equals(AudioFormat.Encoding.PCM_UNSIGNED);
    int bits = format.getSampleSizeInBits();
    // Only bytes are unsigned in a WAV file.
    boolean known = bits == 8 ? unsigned : signed && bits <= 32 && bits % 8 == 0;
    boolean whole = format.getFrameSize() == format.getChannels() * bits / 8;
    boolean possible = format.getChannels() > 0 && format.getFrameRate() >= 0;
    if (!known || !whole || !possible || format.isBigEndian() && bits > 8) {
      throw new BadFileException(
          file,
          "header",
          "got " + format + ", expected a WAV file of PCM with 8, 16, 24 or 32 bits; convert it");
    }
  }

  private static float[] samples(byte[] data, AudioFormat format) {
    int bytes = format.getSampleSizeInBits() / 8;
    float[] samples = new float[data.length / bytes];
    for (int i = 0; i < samples.length; i++) {
      int sample = 0;
      for (int b = 0; b < bytes; b++) {
        // The last byte is the highest; each ends in the upper bits, so that the sign is right.
        sample = sample >>> 8 | data[i * bytes + b] << 24;
      }
      if (bytes == 1) {
        sample ^= Integer.MIN_VALUE;
      }
      samples[i] = sample / 0x1p31f;
    }
    return samples;
  }
}
