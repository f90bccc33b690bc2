package io.github.vqvae4j.examples;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reports invalid usage in one line: the problem, similar options or commands, and how to get help.
 */
final class UsageMessage implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException problem, String[] args) {
    CommandLine command = problem.getCommandLine();
    String text =
        problem instanceof UnmatchedArgumentException unmatched
            ? unknown(unmatched)
            : problem.getMessage();
    String name = command.getCommandSpec().qualifiedName();
    String end = text.endsWith("?") ? " " : ". ";
    command.getErr().println(FailureMessage.oneLine(text) + end + "Try '" + name + " --help'.");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String unknown(UnmatchedArgumentException problem) {
    String argument = problem.getUnmatched().get(0);
    CommandLine command = problem.getCommandLine();
    boolean option = problem.isUnknownOption();
    boolean subcommand = !option && !command.getSubcommands().isEmpty();
    String kind = option ? "option" : subcommand ? "command" : "argument";
    List<String> similar = problem.getSuggestions();
    if (!similar.isEmpty()) {
      return "Unknown "
          + kind
          + " '"
          + argument
          + "'; did you mean "
          + String.join(" or ", similar)
          + "?";
    }
    return "Unknown "
        + kind
        + " '"
        + argument
        + "'"
        + (subcommand
            ? "; expected one of " + String.join(", ", command.getSubcommands().keySet())
            : "");
  }
}
