package io.github.vqvae4j.data;

import io.github.vqvae4j.data.IgnoredPath.Kind;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The PNG, JPEG and BMP files in a folder and all below it as a data set: every picture scaled and
 * cropped to one size.
 *
 * <pre>{@code
 * ImageFolder flowers = ImageFolder.in(Path.of("flowers"), ImageFolderConfig.of(64));
 * }</pre>
 *
 * <p>The names of those subfolders that have images in them, at whatever depth, are the labels'
 * names, sorted: {@code flowers/rose/7.jpg} has the label of {@code rose}; an image beside the
 * subfolders has none. Subfolders whose names differ only in Unicode form (é as one character or as
 * two) are one label. A subfolder without images, such as {@code __MACOSX}, is no label. So that a
 * test folder has the same numbers, though it may lack a class, give it the names of the training
 * folder:
 *
 * <pre>{@code
 * ImageFolder test = ImageFolder.in(
 *     Path.of("flowers-test"), ImageFolderConfig.of(64).labels(flowers.labelNames()));
 * }</pre>
 *
 * <p>Images stand in the order of their paths, as a {@link FolderListing} has it. Names that begin
 * with a dot, files that end otherwise, broken links and more ({@link IgnoredPath.Kind}) are passed
 * over, and counted and named in the log and by {@link #ignored}.
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
  private final List<IgnoredPath> ignored;

  private ImageFolder(
      FolderListing listing, Dataset images, List<String> labelNames, List<SkippedFile> skipped) {
    this.folder = listing.folder();
    this.images = images;
    this.labelNames = labelNames;
    this.skipped = skipped;
    this.ignored = listing.ignored();
  }

  /**
   * Opens a folder. Images to be held in memory are read now, on all cores; streamed ones later,
   * each time they are asked for, and then an image that cannot be read is an {@link
   * java.io.UncheckedIOException} there. With {@code skipCorrupt} streamed ones are read once now
   * as well, to learn which to leave out. What was found is logged.
   *
   * @param folder the folder
   * @param config the size of the images, and how they are made
   * @return the images
   * @throws NoSuchFileException if there is no such folder
   * @throws BadFileException if there are no image files in it, one is damaged or no image (without
   *     {@code skipCorrupt}), or all of them are (with it), or one is in a subfolder that is none
   *     of the settings' labels
   * @throws IOException if a file or folder cannot be read
   * @throws IllegalArgumentException if images to be held in memory do not fit into one array
   * @throws InsufficientMemoryException if the heap is too small for an image while no other is
   *     read, also with {@code skipCorrupt}, or for those to be held
   */
  public static ImageFolder in(Path folder, ImageFolderConfig config) throws IOException {
    long begin = System.nanoTime();
    FolderListing listing = FolderListing.imagesBelow(folder);
    List<String> names = listing.files().stream().map(listing::subfolder).toList();
    List<String> labelNames = labelNames(folder, names, config);
    Map<String, Integer> numbers = new HashMap<>();
    labelNames.forEach(name -> numbers.put(name, numbers.size()));
    int[] allLabels = names.stream().mapToInt(name -> numbers.getOrDefault(name, -1)).toArray();
    int count = listing.files().size();
    if (config.streamed() && !config.skipCorrupt()) {
      Dataset images =
          new StreamedImages(listing.files(), allLabels, config, OrientationNotice.atFirst());
      return opened(begin, config, new ImageFolder(listing, images, labelNames, List.of()), count);
    }
    byte[] pixels = config.streamed() ? null : pixels(count, config);
    OrientationNotice notice = OrientationNotice.counting();
    IOException[] problems = readAll(listing.files(), config, pixels, notice);
    List<SkippedFile> skipped = new ArrayList<>();
    int[] kept = IntStream.range(0, count).filter(i -> problems[i] == null).toArray();
    for (int i = 0; i < count; i++) {
      if (problems[i] != null) {
        if (!config.skipCorrupt()) {
          throw withRemedy(problems[i]);
        }
        Path file = listing.files().get(i);
        skipped.add(new SkippedFile(file, reason(file, problems[i])));
      }
    }
    if (kept.length == 0) {
      throw new BadFileException(
          folder,
          "folder",
          "got "
              + Counts.of(
                  count, "image file that cannot be read", "image files of which none can be read")
              + ", expected one or more; the first says: "
              + skipped.get(0).reason());
    }
    int[] labels = IntStream.of(kept).map(i -> allLabels[i]).toArray();
    Dataset images =
        config.streamed()
            ? new StreamedImages(
                IntStream.of(kept).mapToObj(listing.files()::get).toList(), labels, config, notice)
            : held(pixels, kept, labels, config);
    notice.report();
    return opened(
        begin, config, new ImageFolder(listing, images, labelNames, List.copyOf(skipped)), count);
  }

  /**
   * The names of the labels.
   *
   * @param names of each image's subfolder, null if it is in none
   */
  private static List<String> labelNames(Path folder, List<String> names, ImageFolderConfig config)
      throws BadFileException {
    List<String> found = names.stream().filter(Objects::nonNull).distinct().sorted().toList();
    if (config.labels().isEmpty()) {
      return found;
    }
    List<String> others = found.stream().filter(name -> !config.labels().contains(name)).toList();
    if (!others.isEmpty()) {
      throw new BadFileException(
          folder,
          "subfolders",
          "got images in "
              + MessageText.escaped(String.join(", ", others))
              + ", expected subfolders among the labels "
              + MessageText.escaped(String.join(", ", config.labels()))
              + "; move them away, or add their names in ImageFolderConfig.labels");
    }
    return config.labels();
  }

  private static String reason(Path file, IOException problem) {
    boolean explained =
        problem instanceof BadFileException
            || problem instanceof FileSystemException system && system.getReason() != null;
    return explained ? problem.getMessage() : FileNames.path(file) + ": " + problem;
  }

  private static IOException withRemedy(IOException problem) {
    return problem instanceof BadFileException bad
        ? new BadFileException(
            bad.file(),
            bad.place(),
            bad.problem() + "; or leave such files out with skipCorrupt(true)",
            bad)
        : problem;
  }

  /** For all images, if they are held in memory. */
  private static byte[] pixels(int count, ImageFolderConfig config) {
    try {
      int length = Checks.length(count, config.height(), config.width(), config.channels());
      return HeapMemory.guard(
          () -> "ImageFolder of " + count + " images held in memory",
          length,
          () -> new byte[length]);
    } catch (InsufficientMemoryException e) {
      throw e.with("Or leave them in their files with streamed(true).");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ", or leave them in their files with streamed(true)", e);
    }
  }

  /**
   * Reads all files, into {@code pixels} if that is not null, and gives what each one's reading
   * threw. Unless such files are skipped, none is begun after a failure but those before it in
   * order, so that always the same one is named. Those for which memory did not suffice beside
   * others are read again, one at a time.
   */
  private static IOException[] readAll(
      List<Path> files, ImageFolderConfig config, byte[] pixels, OrientationNotice notice) {
    IOException[] problems = new IOException[files.size()];
    AtomicInteger end = new AtomicInteger(problems.length);
    Set<Integer> alone = new ConcurrentSkipListSet<>();
    IntConsumer read =
        i -> {
          try {
            byte[] image = StreamedImages.read(files.get(i), config, notice);
            if (pixels != null) {
              System.arraycopy(image, 0, pixels, i * image.length, image.length);
            }
          } catch (IOException e) {
            problems[i] = e;
            if (!config.skipCorrupt()) {
              end.accumulateAndGet(i, Math::min);
            }
          }
        };
    IntStream.range(0, problems.length)
        .parallel()
        .filter(i -> i < end.get())
        .forEach(
            i -> {
              try {
                read.accept(i);
              } catch (InsufficientMemoryException e) {
                LOG.debug("Read again when no other image is", e);
                alone.add(i);
              }
            });
    alone.stream().takeWhile(i -> i < end.get()).forEach(read::accept);
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

  private static ImageFolder opened(
      long begin, ImageFolderConfig config, ImageFolder images, int files) {
    // A subfolder of a class that lost its images changes the numbers of the others.
    boolean shifts = config.labels().isEmpty();
    // Who gives the labels' names wants a label for each image.
    boolean lacksLabels = !shifts && images.withoutLabel() > 0;
    boolean problem =
        lacksLabels
            || images.ignored.stream()
                .map(IgnoredPath::kind)
                .anyMatch(kind -> kind.isProblem() || shifts && kind == Kind.EMPTY_FOLDER);
    LOG.atLevel(problem ? Level.WARN : Level.INFO)
        .log(
            "{}, opened in {} s; passed over: {}",
            images,
            Math.round((System.nanoTime() - begin) / 1e8) / 10.0,
            IgnoredPath.summary(images.ignored));
    List<SkippedFile> skipped = images.skipped;
    if (!skipped.isEmpty()) {
      LOG.warn(
          "{} of {} in {} cannot be read and {} skipped: {}{}",
          skipped.size(),
          Counts.of(files, "image file"),
          FileNames.path(images.folder),
          skipped.size() == 1 ? "was" : "were",
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
   * @return the names of the subfolders with images, sorted, or those that were set, unmodifiable:
   *     label i is called {@code labelNames().get(i)}; empty if there are none
   */
  public List<String> labelNames() {
    return labelNames;
  }

  /**
   * The files that were left out because they cannot be read.
   *
   * @return them with the reasons, in the order of their paths, unmodifiable; empty unless {@code
   *     skipCorrupt} is set
   */
  public List<SkippedFile> skipped() {
    return skipped;
  }

  /**
   * What else is in the folder and below it.
   *
   * @return it in the order of its paths, unmodifiable, of each kind the first 1,000 with a count
   *     of the rest; {@link IgnoredPath#summary} counts all of it
   */
  public List<IgnoredPath> ignored() {
    return ignored;
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

  /**
   * The label of an image.
   *
   * @return its number in {@link #labelNames}; -1 for an image beside the subfolders, which has
   *     none
   */
  @Override
  public int label(int index) {
    return images.label(index);
  }

  private long withoutLabel() {
    return IntStream.range(0, size()).filter(i -> label(i) < 0).count();
  }

  /**
   * Number, shape, labels and folder: {@code 900 images [64, 64, 3], 5 labels, 2 images without,
   * held in memory, in flowers}.
   */
  @Override
  public String toString() {
    long without = labelNames.isEmpty() ? 0 : withoutLabel();
    return Counts.of(size(), "image")
        + " ["
        + height()
        + ", "
        + width()
        + ", "
        + channels()
        + "], "
        + Counts.of(labelNames.size(), "label")
        + (without == 0 ? "" : ", " + Counts.of(without, "image") + " without")
        + ", "
        + (images instanceof StreamedImages ? "streamed" : "held in memory")
        + ", in "
        + FileNames.path(folder);
  }
}
