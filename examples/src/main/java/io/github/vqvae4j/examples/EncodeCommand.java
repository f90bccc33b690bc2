package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.IgnoredPath;
import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import io.github.vqvae4j.data.image.SkippedFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.CodesSource;
import io.github.vqvae4j.quantize.CodesWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Encodes a folder of images to a code file. */
@Command(
    name = "encode",
    description =
        "Encodes a folder of images to a code file with a trained model. After an interruption, the"
            + " same command continues.",
    footerHeading = "%nExample (a few seconds on two cores):%n",
    footer = {
      "  ./mvnw -q -f examples -Dargs=\"encode \\",
      "    --model runs/<folder>/model.safetensors \\",
      "    --data photos --size 28 --output photos.codes\""
    })
final class EncodeCommand implements Callable<Integer> {
  /**
   * The time limit for encoding the current images after Ctrl-C. A process that exits before leaves
   * its lock file, which is deleted by the next one that writes the codes.
   */
  private static final int TIMEOUT_SECONDS = 60;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description =
          "A model.safetensors written by mnist, cifar10, folder or generate, or the file of a VQ-VAE-2.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder of PNG, JPEG, BMP, GIF and TIFF files of any size; subfolders are included, and"
              + " their names are the labels. Corrupt files are skipped and listed.")
  private Path data;

  @Option(
      names = "--size",
      required = true,
      paramLabel = "N",
      converter = PositiveInt.class,
      description =
          "Height and width to which all images are scaled and cropped: the size of the images that"
              + " the model was trained on, such as 28 for mnist.")
  private int size;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description =
          "Output file: the codes. For a VQ-VAE-2, one for"
              + " each level: images.codes becomes images-top.codes and images-bottom.codes.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    StopHook hook =
        new StopHook(Thread.currentThread()::interrupt, () -> TIMEOUT_SECONDS, () -> {});
    try (ImageModel loaded = ImageModel.load(model)) {
      return encode(loaded);
    } finally {
      hook.close();
    }
  }

  private int encode(ImageModel loaded) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<Path> files = files(loaded);
    for (Path file : files) {
      OutputFile.requireWritable(file);
      requireCodes(file);
    }
    ImageFolder images = ImageFolder.in(data, config(loaded));
    out.println(images);
    try {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("stopped before the first image");
      }
      encode(loaded, images, files);
    } catch (CancellationException e) {
      printStopped(files, out);
      return Main.STOPPED;
    }
    out.printf("ignored: %s%n", IgnoredPath.summary(images.ignored()));
    SkippedFiles.print(images.skipped().stream().map(SkippedFile::reason).toList(), out);
    for (Path file : files) {
      print(file, out);
    }
    return Main.SUCCESS;
  }

  /** Checks that no model and no image is replaced. */
  private static void requireCodes(Path file) throws IOException {
    if (Files.exists(file)) {
      try (CodesSource codes = CodesSource.open(file)) {
        codes.size();
      } catch (BadFileException e) {
        throw OutputFile.problem(
            file,
            "it exists and is no intact code file; choose another with --output, or delete it: "
                + e.problem());
      }
    }
  }

  private ImageFolderConfig config(ImageModel loaded) {
    ImageFolderConfig config = ImageFolderConfig.of(size).streamed(true).skipCorrupt(true);
    return ModelChannels.of(loaded).orElse(config.channels()) == 1 ? config.gray() : config;
  }

  /** Returns the output files, one for each code map of the model. */
  private List<Path> files(ImageModel loaded) {
    if (loaded instanceof VqVae) {
      return List.of(output);
    }
    if (loaded instanceof VqVae2 levels) {
      List<Path> files = new ArrayList<>();
      levels.levelNames().forEach(level -> files.add(levelFile(level)));
      return files;
    }
    throw new IllegalArgumentException(
        FileNames.path(model)
            + ": expected a model with a codebook, got "
            + loaded.getClass().getSimpleName()
            + "; train one with mnist, cifar10, folder or generate");
  }

  /** Returns the output file with the name of a level before its extension. */
  private Path levelFile(String level) {
    String name = FileNames.name(output);
    int dot = name.lastIndexOf('.');
    int end = dot > 0 ? dot : name.length();
    String ofLevel = name.substring(0, end) + "-" + level + name.substring(end);
    return FileNames.resolve(output.toAbsolutePath().getParent(), ofLevel);
  }

  private static void encode(ImageModel loaded, ImageFolder images, List<Path> files)
      throws IOException {
    if (loaded instanceof VqVae2 levels) {
      levels.encode(images, files);
    } else {
      ((VqVae) loaded).encode(images, files.get(0));
    }
  }

  private static void printStopped(List<Path> files, PrintWriter out) throws IOException {
    List<String> unfinished = new ArrayList<>();
    for (Path file : files) {
      Path partial = CodesWriter.partial(file);
      if (Files.exists(partial)) {
        unfinished.add(FileNames.path(partial));
      }
    }
    out.println(
        unfinished.isEmpty()
            ? "Stopped; no codes were written. Run the same command again."
            : "Stopped; the codes so far are in "
                + String.join(", ", unfinished)
                + ". The same command continues there.");
  }

  private static void print(Path file, PrintWriter out) throws IOException {
    try (CodesSource codes = CodesSource.open(file)) {
      out.printf(
          "Codes: %s, %s of %s codes%n",
          FileNames.path(file),
          Counts.of(codes.size(), "image"),
          codes.exampleShape().stream().map(String::valueOf).collect(Collectors.joining("x")));
    }
  }
}
