package io.github.vqvae4j.examples;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The example programs of vqvae4j, one command each. */
@Command(
    name = "vqvae4j-examples",
    description = "Example programs of vqvae4j: VQ-VAEs and their relatives on the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit code:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage", "130:stopped by Ctrl-C"},
    subcommands = {
      MnistCommand.class,
      Cifar10Command.class,
      FolderCommand.class,
      CustomEncoderCommand.class,
      BinaryCommand.class,
      AutoencoderCommand.class,
      VaeCommand.class,
      FidelityCommand.class,
      ReconstructCommand.class,
      DecodeCommand.class,
      CodebookCommand.class,
      AnomalyCommand.class,
      SeriesCommand.class,
      PaletteCommand.class
    })
public final class Main implements Runnable {
  /** How a command that did what it should exits. */
  static final int DONE = 0;

  /** How a command that failed exits. */
  static final int FAILED = 1;

  /** How a command that was stopped by Ctrl-C exits, as shells expect it. */
  static final int STOPPED = 130;

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "If something fails, show where in the program.")
  private boolean debug;

  private Main() {}

  /**
   * Runs a command and exits with its code.
   *
   * @param args a command and its options; {@code --help} shows them
   */
  public static void main(String[] args) {
    // Charts and images are drawn into memory; no display is needed.
    System.setProperty("java.awt.headless", "true");
    System.exit(run(writer(System.out), writer(System.err), args));
  }

  /** Where there is no locale, UTF-8 instead of ASCII: names of files have other letters, too. */
  private static PrintWriter writer(PrintStream stream) {
    Charset usual = Charset.forName(System.getProperty("native.encoding"));
    return usual.equals(StandardCharsets.US_ASCII)
        ? new PrintWriter(stream, true, StandardCharsets.UTF_8)
        : new PrintWriter(stream, true);
  }

  /** Runs a command; gives its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    line.setOut(out).setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Path.class, new PathConverter());
    line.setDefaultValueProvider(new TrainingDefaults.Provider());
    line.setParameterExceptionHandler(new UsageMessage());
    line.setExecutionExceptionHandler((failure, command, parsed) -> main.failed(err, failure));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      return main.failed(err, e);
    }
  }

  private int failed(PrintWriter err, Throwable failure) {
    err.println(FailureMessage.of(failure));
    if (debug) {
      failure.printStackTrace(err);
    }
    return FAILED;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "No command given; choose one of " + String.join(", ", spec.subcommands().keySet()));
  }

  /** The version of the library that is in use. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"vqvae4j " + Machine.here().library()};
    }
  }
}
