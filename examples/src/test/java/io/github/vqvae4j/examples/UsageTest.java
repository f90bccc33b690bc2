package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Help, version and invalid command lines. */
class UsageTest {
  /** The example of a command, which states the time it takes. */
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "Example \\([a-z ]*(?:seconds|minutes?)[a-z ]* on two cores[^)]*\\):"
              + " \\./mvnw -q -f examples -Dargs=\"([^\"]+)\"");

  private static List<String> commands() {
    return List.of(
        "mnist",
        "cifar10",
        "folder",
        "custom-encoder",
        "binary",
        "autoencoder",
        "vae",
        "generate",
        "fidelity",
        "classifier",
        "encode",
        "reconstruct",
        "decode",
        "codebook",
        "anomaly",
        "series",
        "palette");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpAndVersion(String command) {
    Run help = Run.of(command, "--help").succeeded();
    assertTrue(help.out().contains("Usage: vqvae4j-examples " + command), help::out);
    assertFalse(help.out().contains("null"), help::out);
    assertFalse(help.out().contains("DEFAULT-VALUE"), help::out);
    assertTrue(Run.of(command, "--version").succeeded().out().startsWith("vqvae4j "));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpHasAnExampleThatIsValid(String command) {
    String help = Run.of(command, "--help").succeeded().out().replaceAll("( \\\\)?\\s+", " ");
    Matcher example = EXAMPLE.matcher(help);
    assertTrue(example.find(), help);
    ParseResult parsed = new CommandLine(Main.class).parseArgs(example.group(1).split(" "));
    assertEquals(command, parsed.subcommand().commandSpec().name());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void outputIsAFolderExceptOfCommandsThatWriteOneFile(String command) {
    OptionSpec output =
        new CommandLine(Main.class)
            .getSubcommands()
            .get(command)
            .getCommandSpec()
            .findOption("--output");
    boolean file = List.of("encode", "decode", "reconstruct", "classifier").contains(command);
    String text = output.description()[0];
    assertEquals(file ? "FILE" : "DIR", output.paramLabel());
    assertTrue(text.startsWith(file ? "Output file: " : "Output folder"), text);
  }

  @Test
  void helpListsCommandsAndDefaults() {
    String help = Run.of("--help").succeeded().out();
    for (String command : commands()) {
      assertTrue(help.contains(command), help);
    }
    String mnist = Run.of("mnist", "--help").succeeded().out();
    assertTrue(mnist.contains("Default: 32."), mnist);
    assertTrue(mnist.contains("Default: 42."), mnist);
  }

  @Test
  void unknownOption() {
    Run.of("mnist", "--stesp", "3")
        .failed(2, "Unknown option '--stesp'", "did you mean --steps", "mnist --help");
  }

  @Test
  void unknownCommand() {
    Run.of("mnits").failed(2, "Unknown command 'mnits'", "did you mean mnist", "--help");
    Run.of("zzz").failed(2, "Unknown command 'zzz'", "mnist, cifar10");
  }

  @Test
  void noCommand() {
    Run.of().failed(2, "No command given", "mnist, cifar10", "--help");
  }

  @Test
  void valuesOutOfRange() {
    Run.of("mnist", "--steps=0").failed(2, "--steps", "got '0'");
    Run.of("mnist", "--batch=many").failed(2, "--batch", "got 'many'");
    Run.of("mnist", "--rate=-1").failed(2, "--rate", "got '-1'");
    Run.of("mnist", "--rate=NaN").failed(2, "--rate", "got 'NaN'");
    Run.of("mnist", "--steps").failed(2, "--steps");
  }

  @Test
  void cifar10WithoutData() {
    Run.of("cifar10")
        .failed(2, "--data", "data_batch_1.bin", "test_batch.bin", "30,730,000 bytes", "https://");
  }

  @Test
  void missingOptionsOfReconstruct() {
    Run.of("reconstruct").failed(2, "--model", "--image");
  }
}
