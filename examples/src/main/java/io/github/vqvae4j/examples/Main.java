package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.ModelRegistry;
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

/** Entry point of the example programs. Each program is a subcommand. */
@Command(
    name = "vqvae4j-examples",
    description = "Example programs of vqvae4j: VQ-VAEs and related models on the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit code:%n",
    exitCodeList = {"0:success", "1:failure", "2:invalid usage", "130:stopped by Ctrl-C"},
    subcommands = {
      MnistCommand.class,
      Cifar10Command.class,
      FolderCommand.class,
      CustomEncoderCommand.class,
      BinaryCommand.class,
      AutoencoderCommand.class,
      VaeCommand.class,
      GenerateCommand.class,
      FidelityCommand.class,
      EncodeCommand.class,
      ReconstructCommand.class,
      DecodeCommand.class,
      CodebookCommand.class,
      AnomalyCommand.class,
      SeriesCommand.class,
      PaletteCommand.class,
      ClassifierCommand.class
    })
public final class Main implements Runnable {
  /** Exit code of a successful command. */
  static final int SUCCESS = 0;

  /** Exit code of a failed command. */
  static final int FAILURE = 1;

  /** Exit code of a command stopped by Ctrl-C: 128 + SIGINT, as shells expect. */
  static final int STOPPED = 130;

  static {
    // Before the first model is loaded.
    ModelRegistry.register("example-patch-encoder", PatchConfig.class);
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of errors.")
  private boolean debug;

  private Main() {}

  /**
   * Runs a command and exits with its code.
   *
   * @param args a command and its options; {@code --help} lists them
   */
  public static void main(String[] args) {
    // Charts and images are rendered off screen; no display is needed.
    System.setProperty("java.awt.headless", "true");
    System.exit(run(writer(System.out), writer(System.err), args));
  }

  /**
   * Without a locale, the encoding is ASCII. UTF-8 is used then, as file names may contain other
   * characters.
   */
  private static PrintWriter writer(PrintStream stream) {
    Charset encoding = Charset.forName(System.getProperty("native.encoding"));
    return encoding.equals(StandardCharsets.US_ASCII)
        ? new PrintWriter(stream, true, StandardCharsets.UTF_8)
        : new PrintWriter(stream, true);
  }

  /** Runs a command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    Main main = new Main();
    CommandLine line = commandLine(main, out, err);
    line.setExecutionStrategy(new Resumption(() -> commandLine(new Main(), out, err)));
    line.setExecutionExceptionHandler((failure, command, parsed) -> main.failed(err, failure));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      return main.failed(err, e);
    }
  }

  private static CommandLine commandLine(Main main, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(main);
    line.setOut(out).setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Path.class, new PathConverter());
    line.setDefaultValueProvider(new TrainingDefaults.Provider());
    line.setParameterExceptionHandler(new UsageMessage());
    return line;
  }

  private int failed(PrintWriter err, Throwable failure) {
    err.println(FailureMessage.of(failure));
    if (debug) {
      failure.printStackTrace(err);
    }
    return FAILURE;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "No command given. Choose one of " + String.join(", ", spec.subcommands().keySet()));
  }

  /** The version of the library in use. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"vqvae4j " + Machine.here().library()};
    }
  }
}
