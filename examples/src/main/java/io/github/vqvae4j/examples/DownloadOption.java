package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.DownloadConfig;
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

/** The options of every command that takes a known data set: it may be downloaded. */
final class DownloadOption {
  /** This file is in a folder of CIFAR-10 and in none of MNIST. */
  private static final String OF_CIFAR = "test_batch.bin";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @ArgGroup(exclusive = false)
  private Download download;

  /** What stands together on the command line. */
  static final class Download {
    @Option(
        names = "--download",
        required = true,
        paramLabel = "SET",
        converter = KnownSet.ByName.class,
        description =
            "Instead of --data: get this data set, unless it is in the cache. Known are"
                + " ${COMPLETION-CANDIDATES}.")
    private KnownSet set;

    @Option(
        names = "--mirror",
        paramLabel = "URL",
        description =
            "Where --download gets it: a folder that holds the files under their usual names; of"
                + " several, the next is asked if one fails. Default: where its authors keep it.")
    private List<URI> mirrors = List.of();

    @Option(
        names = "--cache",
        paramLabel = "DIR",
        description =
            "Where --download keeps it, for the next time as well. Default: .cache/vqvae4j in your"
                + " home.")
    private Path cache;
  }

  /**
   * The images of a folder or of a download; empty if the user asked for neither.
   *
   * @param data the folder, or null
   * @param taken what the command can take
   */
  Optional<ImageSets> read(Path data, KnownSet... taken) throws IOException {
    List<KnownSet> known = List.of(taken);
    if (download == null) {
      return data == null ? Optional.empty() : Optional.of(setIn(data, known).in(data));
    }
    if (data != null) {
      throw wrongUsage("--data and --download: expected one of them, got both");
    }
    if (!known.contains(download.set)) {
      String names = known.stream().map(KnownSet::toString).collect(Collectors.joining(" or "));
      throw wrongUsage("--download: expected " + names + " here, got " + download.set);
    }
    return Optional.of(downloaded());
  }

  private static KnownSet setIn(Path data, List<KnownSet> known) {
    boolean cifar = known.contains(KnownSet.CIFAR_10) && Files.exists(data.resolve(OF_CIFAR));
    return cifar ? KnownSet.CIFAR_10 : known.get(0);
  }

  private ImageSets downloaded() throws IOException {
    DownloadConfig config = config();
    PrintWriter out = command.commandLine().getOut();
    if (config.cache() != null) {
      out.printf(
          "%s is kept in %s%n",
          download.set, FileNames.path(config.cache().toAbsolutePath().normalize()));
    }
    try (DownloadDisplay display = new DownloadDisplay(out)) {
      return download.set.download(config.listener(display));
    } catch (BadFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          FailureMessage.of(e) + " (here --mirror gives other addresses, --cache another folder)",
          e);
    }
  }

  private DownloadConfig config() {
    DownloadConfig usual = DownloadConfig.of();
    DownloadConfig config = download.cache == null ? usual : usual.cache(download.cache);
    try {
      return config.mirrors(download.mirrors.toArray(new URI[0]));
    } catch (IllegalArgumentException e) {
      throw wrongUsage("--mirror: " + e.getMessage());
    }
  }

  private ParameterException wrongUsage(String problem) {
    return new ParameterException(command.commandLine(), problem);
  }
}
