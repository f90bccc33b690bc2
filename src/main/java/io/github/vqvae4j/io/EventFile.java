package io.github.vqvae4j.io;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.tensorflow.framework.HistogramProto;
import org.tensorflow.framework.Summary;

/**
 * Writes TensorBoard event files: records in TensorFlow's TFRecord format, each containing an
 * {@code Event} protocol buffer.
 *
 * <p>Unlike other files, event files are not written atomically, because TensorBoard reads them
 * while they grow: flushed records can be read, and TensorBoard skips an incomplete last record.
 * The file is open only during {@link #flush}. This class is not thread-safe.
 *
 * <pre>{@code
 * EventFile events = EventFile.create(Path.of("runs/1"));
 * events.scalar("train/loss", 1, 0.25);
 * events.flush();
 * }</pre>
 */
public final class EventFile {
  private static final String VERSION = "brain.Event:2";

  // The field numbers of an Event. ND4J contains classes for the values of its fields, but none for
  // Event itself.
  private static final int WALL_TIME = 1;
  static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;

  /** A SessionLog with the status START, the value 1 of its field 1. */
  private static final byte[] SESSION_START = {1 << 3, 1};

  /** The names of event files: the time in seconds and milliseconds. */
  private static final String NAME = "events.out.tfevents.%010d.%03d.vqvae4j";

  private static final Pattern NAMES =
      Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\.(\\d{3})\\.vqvae4j");

  private static final int BINS = 30;

  private final Path path;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  private EventFile(Path path) {
    this.path = path;
  }

  /**
   * Creates a file with a name that TensorBoard recognizes.
   *
   * @param folder the folder, which is created if it does not exist; each run needs a separate one
   * @return the event file
   * @throws IOException if the file cannot be written
   */
  public static EventFile create(Path folder) throws IOException {
    EventFile file = create(folder, System.currentTimeMillis());
    file.flush();
    return file;
  }

  /**
   * Continues the curves of a folder after a step, as if later events had never been written.
   *
   * <p>The folder's files are cut off before their first event after the step, and before an
   * incomplete or damaged record, which is logged. The new events go to a new file, whose name is
   * after the existing ones and which starts with a restart ({@code SessionLog.START}) at the next
   * step: a TensorBoard that is running has read the old events already and would not notice that a
   * file was changed, but it reads new files, and a restart makes it drop the events that are
   * repeated.
   *
   * @param folder the folder, which is created if it does not exist; files written by others are
   *     left unchanged
   * @param step the last step whose events are kept
   * @return the new event file
   * @throws IOException if a file cannot be read or written
   */
  public static EventFile resume(Path folder, long step) throws IOException {
    createFolder(folder);
    long time = System.currentTimeMillis();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher name = NAMES.matcher(FileNames.name(file));
        if (name.matches()) {
          EventRecords.cut(file, step);
          time = Math.max(time, Long.parseLong(name.group(1) + name.group(2)) + 1);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    EventFile file = create(folder, time);
    file.write(
        event -> {
          event.writeInt64(STEP, step + 1);
          event.writeByteArray(SESSION_LOG, SESSION_START);
        });
    file.flush();
    return file;
  }

  private static void createFolder(Path folder) throws IOException {
    // Checked first, because createDirectories rejects links to folders up to JDK 19.
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
  }

  private static EventFile create(Path folder, long time) throws IOException {
    createFolder(folder);
    String name = String.format(Locale.ROOT, NAME, time / 1000, time % 1000);
    EventFile file = new EventFile(Files.createFile(folder.resolve(name)));
    file.write(event -> event.writeString(FILE_VERSION, VERSION));
    return file;
  }

  /**
   * Adds a point of a curve. The event is buffered until {@link #flush}.
   *
   * @param tag the name of the curve, such as {@code train/loss}
   * @param step the training step
   * @param value the value, rounded to float
   * @throws IOException if the event cannot be encoded
   */
  public void scalar(String tag, long step, double value) throws IOException {
    write(step, Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
  }

  /**
   * Adds an image. The event is buffered until {@link #flush}.
   *
   * @param tag the name of the image
   * @param step the training step
   * @param height the height in pixels
   * @param width the width in pixels
   * @param channels the number of channels: 1 for grayscale, 3 for color
   * @param png the image as a PNG file
   * @throws IOException if the event cannot be encoded
   */
  public void image(String tag, long step, int height, int width, int channels, byte[] png)
      throws IOException {
    Summary.Image image =
        Summary.Image.newBuilder()
            .setHeight(height)
            .setWidth(width)
            .setColorspace(channels)
            .setEncodedImageString(ByteString.copyFrom(png))
            .build();
    write(step, Summary.Value.newBuilder().setTag(tag).setImage(image));
  }

  /**
   * Adds a histogram: 30 bins of equal width from the minimum to the maximum. The event is buffered
   * until {@link #flush}.
   *
   * @param tag the name of the histogram
   * @param step the training step
   * @param values one or more finite values
   * @throws IllegalArgumentException if there are no values, or one is NaN or infinite
   * @throws IOException if the event cannot be encoded
   */
  public void histogram(String tag, long step, float[] values) throws IOException {
    write(step, Summary.Value.newBuilder().setTag(tag).setHisto(histogram(tag, values)));
  }

  private static HistogramProto histogram(String tag, float[] values) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      squares += (double) value * value;
    }
    if (!Double.isFinite(sum) || values.length == 0) {
      throw new IllegalArgumentException(
          "EventFile.histogram: expected one or more finite values for "
              + tag
              + ", got "
              + values.length
              + " values with sum "
              + sum
              + "; omit histograms of empty arrays and of values that are not finite.");
    }
    double width = (max - min) / BINS;
    double[] bins = new double[BINS];
    for (float value : values) {
      bins[width > 0 ? Math.min(BINS - 1, (int) ((value - min) / width)) : 0]++;
    }
    HistogramProto.Builder histogram =
        HistogramProto.newBuilder()
            .setMin(min)
            .setMax(max)
            .setNum(values.length)
            .setSum(sum)
            .setSumSquares(squares);
    for (int i = 0; i < BINS; i++) {
      histogram.addBucketLimit(i == BINS - 1 ? max : min + (i + 1) * width);
      histogram.addBucket(bins[i]);
    }
    return histogram.build();
  }

  private void write(long step, Summary.Value.Builder value) throws IOException {
    Summary summary = Summary.newBuilder().addValue(value).build();
    write(
        event -> {
          event.writeInt64(STEP, step);
          event.writeMessage(SUMMARY, summary);
        });
  }

  private interface Fields {
    void writeTo(CodedOutputStream event) throws IOException;
  }

  private void write(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream event = CodedOutputStream.newInstance(bytes);
    event.writeDouble(WALL_TIME, System.currentTimeMillis() / 1e3);
    fields.writeTo(event);
    event.flush();
    EventRecords.append(bytes.toByteArray(), pending);
  }

  /**
   * Writes all added events to the file.
   *
   * @throws IOException if the file cannot be written
   */
  public void flush() throws IOException {
    // Not a channel, which an interrupted thread would close.
    try (FileOutputStream out = new FileOutputStream(path.toFile(), true)) {
      pending.writeTo(out);
    }
    pending.reset();
  }
}
