package io.github.vqvae4j.io;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.tensorflow.framework.HistogramProto;
import org.tensorflow.framework.Summary;

/**
 * Writes a TensorBoard event file: records of TensorFlow's TFRecord format, each with an {@code
 * Event} of protocol buffers.
 *
 * <pre>
 * length (8 bytes)  masked CRC-32C of it (4)  data (length)  masked CRC-32C of the data (4)
 * masked = (crc rotated right by 15) + 0xa282ead8, all little-endian
 * </pre>
 *
 * <p>The file grows while TensorBoard reads it, so it is not written whole or not at all as other
 * files are: what was flushed can be read, and a torn last record is passed over. It is open only
 * while it is flushed. Not thread-safe.
 */
public final class EventFile {
  private static final String VERSION = "brain.Event:2";

  // The fields of an Event; ND4J brings classes for what is in them, but none for it.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;

  private static final int BINS = 30;
  private static final int MASK = 0xa282ead8;

  private final Path path;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  private EventFile(Path path) {
    this.path = path;
  }

  /**
   * Begins a file with a name that TensorBoard looks for.
   *
   * @param folder made if it is missing; each run has its own
   * @return the file
   * @throws IOException if it cannot be written
   */
  public static EventFile create(Path folder) throws IOException {
    Files.createDirectories(folder);
    long now = System.currentTimeMillis();
    String name =
        String.format(
            Locale.ROOT, "events.out.tfevents.%010d.%03d.vqvae4j", now / 1000, now % 1000);
    EventFile file = new EventFile(Files.createFile(folder.resolve(name)));
    file.write(event -> event.writeString(FILE_VERSION, VERSION));
    file.flush();
    return file;
  }

  /**
   * Adds one point of a curve.
   *
   * @param tag the curve, as {@code train/loss}
   * @param step where on the curve
   * @param value rounded to float
   * @throws IOException if it cannot be written
   */
  public void scalar(String tag, long step, double value) throws IOException {
    write(step, Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
  }

  /**
   * Adds a picture.
   *
   * @param tag what it shows
   * @param step when
   * @param height in pixels
   * @param width in pixels
   * @param channels 1 for gray, 3 for colour
   * @param png the bytes of a PNG file
   * @throws IOException if it cannot be written
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
   * Adds how numbers are distributed: 30 bins of one width from the least to the largest.
   *
   * @param tag what they are
   * @param step when
   * @param values finite, at least one
   * @throws IllegalArgumentException if there are none, or one is NaN or infinite
   * @throws IOException if it cannot be written
   */
  public void histogram(String tag, long step, float[] values) throws IOException {
    write(step, Summary.Value.newBuilder().setTag(tag).setHisto(histogram(tag, values)));
  }

  private static HistogramProto histogram(String tag, float[] values) {
    double least = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      least = Math.min(least, value);
      largest = Math.max(largest, value);
      sum += value;
      squares += (double) value * value;
    }
    if (!Double.isFinite(sum) || values.length == 0) {
      throw new IllegalArgumentException(
          "EventFile.histogram: expected one or more finite numbers for "
              + tag
              + ", got "
              + values.length
              + " numbers whose sum is "
              + sum
              + "; write a histogram only of what is there and finite.");
    }
    double width = (largest - least) / BINS;
    double[] bins = new double[BINS];
    for (float value : values) {
      bins[width > 0 ? Math.min(BINS - 1, (int) ((value - least) / width)) : 0]++;
    }
    HistogramProto.Builder histogram =
        HistogramProto.newBuilder()
            .setMin(least)
            .setMax(largest)
            .setNum(values.length)
            .setSum(sum)
            .setSumSquares(squares);
    for (int i = 0; i < BINS; i++) {
      histogram.addBucketLimit(i == BINS - 1 ? largest : least + (i + 1) * width);
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
    byte[] data = bytes.toByteArray();
    byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
    pending.writeBytes(length);
    pending.writeBytes(littleEndian(Integer.BYTES).putInt(masked(length)).array());
    pending.writeBytes(data);
    pending.writeBytes(littleEndian(Integer.BYTES).putInt(masked(data)).array());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  /**
   * Puts what was added into the file.
   *
   * @throws IOException if it cannot be written
   */
  public void flush() throws IOException {
    // Not a channel, which an interrupted thread would close.
    try (FileOutputStream out = new FileOutputStream(path.toFile(), true)) {
      pending.writeTo(out);
    }
    pending.reset();
  }
}
