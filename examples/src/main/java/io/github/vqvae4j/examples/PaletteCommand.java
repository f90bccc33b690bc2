package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.FolderListing;
import io.github.vqvae4j.data.image.IgnoredPath;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.palette.ImagePalette;
import io.github.vqvae4j.palette.PaletteReport;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reduces the colors of photographs. */
@Command(
    name = "palette",
    description = "Reduces photographs to a palette of few colors, by k-means on their pixels.",
    footerHeading = "%nExample (ten seconds on two cores):%n",
    footer = {
      "  ./mvnw -q -f examples -Dargs=\"palette \\",
      "    --data docs/images/own-images-photo.jpg\""
    })
final class PaletteCommand implements Callable<Integer> {
  private static final int MAX_COLORS = 256;

  /** The number of pixels above which mini-batch k-means is used. */
  private static final int MANY_PIXELS = 1 << 20;

  private static final int BATCH = 1 << 14;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description =
          "A PNG, JPEG, BMP, GIF or TIFF file, or a folder of such files; corrupt files in a"
              + " folder are skipped and listed.")
  private Path data;

  @Option(
      names = "--colors",
      split = ",",
      paramLabel = "K",
      converter = PositiveInt.class,
      defaultValue = "8,64,256",
      description =
          "Maximum number of colors, up to 256; comma-separated if several. Default:"
              + " ${DEFAULT-VALUE}.")
  private List<Integer> colors;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Random seed of the initial colors. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Output folder. Default: a new folder runs/<time>-palette.")
  private Path output;

  private List<IgnoredPath> ignored = List.of();
  private final List<String> skipped = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    if (colors.stream().anyMatch(k -> k > MAX_COLORS)) {
      throw new ParameterException(
          spec.commandLine(),
          "--colors: expected at most "
              + MAX_COLORS
              + ", the maximum of a PNG palette, got "
              + colors);
    }
    PrintWriter out = spec.commandLine().getOut();
    List<Path> files = files();
    try (OutputFolder folder = OutputFolder.create(output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      PaletteTable table = new PaletteTable(out);
      for (Path file : files) {
        Optional<Images> image = read(file);
        if (image.isPresent()) {
          quantize(image.get(), name(file), table, folder, interruption);
        }
      }
      if (skipped.size() == files.size()) {
        throw noneReadable();
      }
      table.end();
      if (!ignored.isEmpty()) {
        out.printf("ignored: %s%n", IgnoredPath.summary(ignored));
      }
      if (!skipped.isEmpty()) {
        SkippedFiles.print(skipped, out);
      }
      out.println(folder.displayPath());
      return Main.SUCCESS;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }

  /** Reads an image; returns empty if it cannot be read and belongs to a folder. */
  private Optional<Images> read(Path file) throws IOException {
    try {
      return Optional.of(Images.read(file));
    } catch (IOException e) {
      if (!Files.isDirectory(data)) {
        throw e;
      }
      skipped.add(FailureMessage.of(e));
      return Optional.empty();
    }
  }

  private IOException noneReadable() {
    return new BadFileException(
        data,
        "folder",
        "got "
            + Counts.of(
                skipped.size(), "corrupt image file", "image files, none of which can be read")
            + ", expected at least one readable image; the first error: "
            + skipped.get(0));
  }

  private void quantize(
      Images image, String name, PaletteTable table, OutputFolder folder, Interruption interruption)
      throws IOException {
    for (int k : colors) {
      interruption.check();
      table.add(name, k, quantize(image, k, name + "-" + k + ".png", folder));
    }
  }

  private PaletteReport quantize(Images image, int k, String name, OutputFolder folder)
      throws IOException {
    KMeansConfig config = KMeansConfig.of(k);
    if (image.height() * image.width() > MANY_PIXELS) {
      config = config.batchSize(BATCH);
    }
    ImagePalette palette = ImagePalette.fit(image, config, new Rng(seed));
    Codes codes = palette.encode(image);
    folder.write(name, file -> palette.write(codes, file));
    return palette.report(image, codes);
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(data)) {
      return List.of(data);
    }
    FolderListing listing = FolderListing.images(data);
    Map<String, Path> names = new HashMap<>();
    for (Path file : listing.files()) {
      Path other = names.put(name(file), file);
      if (other != null) {
        throw new IOException(
            FileNames.path(other)
                + " and "
                + FileNames.path(file)
                + " would be written to the same file; rename one of them");
      }
    }
    ignored = listing.ignored();
    return listing.files();
  }

  /** Returns the file name without its extension. */
  private static String name(Path file) {
    String name = FileNames.name(file);
    return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
  }
}
