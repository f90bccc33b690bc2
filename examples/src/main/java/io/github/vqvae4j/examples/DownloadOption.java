package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.datasets.DownloadConfig;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for downloading a known dataset. */
final class DownloadOption {
  /** A file that CIFAR-10 contains and MNIST does not. */
  private static final String CIFAR_FILE = "test_batch.bin";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @ArgGroup(exclusive = false)
  private Download download;

  /** Options that are only valid together. */
  static final class Download {
    @Option(
        names = "--download",
        required = true,
        paramLabel = "SET",
        converter = KnownDataset.ByName.class,
        description =
            "Dataset to use instead of --data; downloaded unless it is cached. One of"
                + " ${COMPLETION-CANDIDATES}.")
    private KnownDataset dataset;

    @Option(
        names = "--mirror",
        paramLabel = "URL",
        description =
            "Folder from which --download fetches the files, under their original names. If several"
                + " are given, the next one is tried after a failure. Default: the data"
                + " set's standard mirrors.")
    private List<URI> mirrors = List.of();

    @Option(
        names = "--cache",
        paramLabel = "DIR",
        description =
            "Cache folder of --download. Default: the system property vqvae4j.cache, or else"
                + " .cache/vqvae4j in your home directory.")
    private Path cache;
  }

  /**
   * Reads the images of a folder or of a download.
   *
   * @param data the folder, or null
   * @param supported the datasets that the command supports
   * @return the images; empty if neither a folder nor a download was specified
   */
  Optional<ImageSets> read(Path data, KnownDataset... supported) throws IOException {
    List<KnownDataset> known = List.of(supported);
    if (download == null) {
      return data == null ? Optional.empty() : Optional.of(datasetIn(data, known).in(data));
    }
    if (data != null) {
      throw invalidUsage("--data and --download: expected only one of them, got both");
    }
    if (!known.contains(download.dataset)) {
      String names = known.stream().map(KnownDataset::toString).collect(Collectors.joining(" or "));
      throw invalidUsage("--download: expected " + names + " here, got " + download.dataset);
    }
    return Optional.of(downloaded());
  }

  /** Returns whether a dataset to download was specified. */
  boolean isGiven() {
    return download != null;
  }

  private static KnownDataset datasetIn(Path data, List<KnownDataset> known) {
    boolean cifar = known.contains(KnownDataset.CIFAR_10) && Files.exists(data.resolve(CIFAR_FILE));
    return cifar ? KnownDataset.CIFAR_10 : known.get(0);
  }

  private ImageSets downloaded() throws IOException {
    DownloadConfig config = config();
    PrintWriter out = command.commandLine().getOut();
    if (config.cache() != null) {
      out.printf(
          "%s is cached in %s%n",
          download.dataset, FileNames.path(config.cache().toAbsolutePath().normalize()));
    }
    try (DownloadDisplay display = new DownloadDisplay(out)) {
      return download.dataset.download(config.listener(display));
    } catch (BadFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          FailureMessage.of(e) + " (--mirror specifies other addresses, --cache another folder)",
          e);
    }
  }

  private DownloadConfig config() {
    DownloadConfig defaults = DownloadConfig.defaults();
    DownloadConfig config = download.cache == null ? defaults : defaults.cache(download.cache);
    try {
      return config.mirrors(download.mirrors.toArray(new URI[0]));
    } catch (IllegalArgumentException e) {
      throw invalidUsage("--mirror: " + e.getMessage());
    }
  }

  private ParameterException invalidUsage(String problem) {
    return new ParameterException(command.commandLine(), problem);
  }
}
