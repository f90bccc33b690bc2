package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PNG, JPEG and BMP files in a folder and all below it as a data set: every picture scaled and
 * cropped to one size.
 *
 * <pre>{@code
 * ImageFolder flowers = ImageFolder.in(Path.of("flowers"), ImageFolderConfig.of(64));
 * }</pre>
 *
 * <p>The names of the folder's subfolders, sorted, are the labels' names: {@code
 * flowers/rose/7.jpg} has the label of {@code rose}; an image beside the subfolders has none. Every
 * subfolder counts, even one without images, so that labels agree between a training and a test
 * folder of the same subfolders. Images stand in the order of their paths. Files that end otherwise
 * are counted in the log and passed over, names that begin with a dot without a word.
 *
 * <p>Pixels are those of {@link Images#read}: transparent parts on white, profiles and the EXIF
 * orientation ignored; one warning says how many images have an orientation. A picture of more than
 * 64 million pixels counts as one that cannot be read, found by its header before its pixels take
 * memory. Values are rounded to bytes.
 */
public final class ImageFolder implements Dataset {
  private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
  private static final int MOST_NAMED = 10;

  private final Path folder;
  private final Dataset images;
  private final List<String> labelNames;
  private final List<SkippedFile> skipped;

  private ImageFolder(
      Path folder, Dataset images, List<String> labelNames, List<SkippedFile> skipped) {
    this.folder = folder;
    this.images = images;
    this.labelNames = labelNames;
    this.skipped = skipped;
  }

  /**
   * Opens a folder. Images to be held in memory are read now, on all cores; streamed ones later,
   * each time they are asked for, and then an image that cannot be read is an {@link
   * java.io.UncheckedIOException} there. With {@code skipBad} streamed ones are read once now as
   * well, to learn which to leave out. What was found is logged.
   *
   * @param folder the folder
   * @param config the size of the images, and how they are made
   * @return the images
   * @throws NoSuchFileException if there is no such folder
   * @throws BadFileException if there are no image files in it, one is no sound image (without
   *     {@code skipBad}), or all of them are (with it)
   * @throws IOException if a file or folder cannot be read
   * @throws IllegalArgumentException if images to be held in memory do not fit into one array
   */
  public static ImageFolder in(Path folder, ImageFolderConfig config) throws IOException {
    long begin = System.nanoTime();
    ImageListing listing = ImageListing.of(folder);
    int count = listing.files().size();
    if (config.streamed() && !config.skipBad()) {
      Dataset images =
          new StreamedImages(
              listing.files(), listing.labels(), config, OrientationNotice.atFirst());
      return opened(
          begin, listing, new ImageFolder(folder, images, listing.labelNames(), List.of()));
    }
    byte[] pixels = config.streamed() ? null : new byte[heldLength(count, config)];
    OrientationNotice notice = OrientationNotice.counting();
    IOException[] problems = readAll(listing.files(), config, pixels, notice);
    List<SkippedFile> skipped = new ArrayList<>();
    int[] kept = IntStream.range(0, count).filter(i -> problems[i] == null).toArray();
    for (int i = 0; i < count; i++) {
      if (problems[i] != null) {
        if (!config.skipBad()) {
          throw withRemedy(problems[i]);
        }
        String reason =
            problems[i] instanceof BadFileException
                ? problems[i].getMessage()
                : problems[i].toString();
        skipped.add(new SkippedFile(listing.files().get(i), reason));
      }
    }
    if (kept.length == 0) {
      throw new BadFileException(
          folder,
          "folder",
          "got "
              + count
              + " image files of which none can be read, expected one or more; the first says: "
              + skipped.get(0).reason());
    }
    int[] labels = IntStream.of(kept).map(i -> listing.labels()[i]).toArray();
    Dataset images =
        config.streamed()
            ? new StreamedImages(
                IntStream.of(kept).mapToObj(listing.files()::get).toList(), labels, config, notice)
            : held(pixels, kept, labels, config);
    notice.report();
    return opened(
        begin,
        listing,
        new ImageFolder(folder, images, listing.labelNames(), List.copyOf(skipped)));
  }

  private static IOException withRemedy(IOException problem) {
    return problem instanceof BadFileException bad
        ? new BadFileException(
            bad.file(),
            bad.place(),
            bad.problem() + "; or leave such files out with skipBad(true)",
            bad)
        : problem;
  }

  private static int heldLength(int count, ImageFolderConfig config) {
    try {
      return Checks.length(count, config.height(), config.width(), config.channels());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ", or leave them in their files with streamed(true)", e);
    }
  }

  /**
   * Reads all files, into {@code pixels} if that is not null, and gives what each one's reading
   * threw. The first failure ends it unless such files are skipped.
   */
  private static IOException[] readAll(
      List<Path> files, ImageFolderConfig config, byte[] pixels, OrientationNotice notice) {
    IOException[] problems = new IOException[files.size()];
    AtomicBoolean stop = new AtomicBoolean();
    IntStream.range(0, problems.length)
        .parallel()
        .filter(i -> !stop.get())
        .forEach(
            i -> {
              try {
                byte[] image = StreamedImages.read(files.get(i), config, notice);
                if (pixels != null) {
                  System.arraycopy(image, 0, pixels, i * image.length, image.length);
                }
              } catch (IOException e) {
                problems[i] = e;
                stop.set(!config.skipBad());
              }
            });
    return problems;
  }

  /** The images that could be read, moved together. */
  private static ByteImages held(
      byte[] pixels, int[] kept, int[] labels, ImageFolderConfig config) {
    int length = config.height() * config.width() * config.channels();
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(pixels, kept[i] * length, pixels, i * length, length);
    }
    byte[] whole =
        kept.length * length == pixels.length
            ? pixels
            : Arrays.copyOf(pixels, kept.length * length);
    return ByteImages.of(whole, kept.length, config.height(), config.width(), config.channels())
        .withLabels(labels);
  }

  private static ImageFolder opened(long begin, ImageListing listing, ImageFolder images) {
    LOG.info(
        "{}, opened in {} s; {} other files passed over",
        images,
        Math.round((System.nanoTime() - begin) / 1e8) / 10.0,
        listing.others());
    List<SkippedFile> skipped = images.skipped;
    if (!skipped.isEmpty()) {
      LOG.warn(
          "{} of {} image files in {} cannot be read and were skipped: {}{}",
          skipped.size(),
          listing.files().size(),
          images.folder,
          skipped.stream()
              .limit(MOST_NAMED)
              .map(SkippedFile::reason)
              .collect(Collectors.joining("; ")),
          skipped.size() > MOST_NAMED ? "; ImageFolder.skipped() has the others" : "");
    }
    return images;
  }

  /**
   * The names of the labels.
   *
   * @return the names of the subfolders, sorted, unmodifiable: label i is called {@code
   *     labelNames().get(i)}; empty if there are no subfolders
   */
  public List<String> labelNames() {
    return labelNames;
  }

  /**
   * The files that were left out because they cannot be read.
   *
   * @return them with the reasons, in the order of their paths, unmodifiable; empty unless {@code
   *     skipBad} is set
   */
  public List<SkippedFile> skipped() {
    return skipped;
  }

  /** The number of {@link #skipped}. */
  @Override
  public int skippedFiles() {
    return skipped.size();
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public int height() {
    return images.height();
  }

  @Override
  public int width() {
    return images.width();
  }

  @Override
  public int channels() {
    return images.channels();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    images.image(index, target, offset);
  }

  @Override
  public int label(int index) {
    return images.label(index);
  }

  /**
   * Number, shape, labels and folder: {@code 900 images [64, 64, 3], 5 labels, held, in flowers}.
   */
  @Override
  public String toString() {
    return size()
        + " images ["
        + height()
        + ", "
        + width()
        + ", "
        + channels()
        + "], "
        + labelNames.size()
        + " labels, "
        + (images instanceof StreamedImages ? "streamed" : "held in memory")
        + ", in "
        + folder;
  }
}
