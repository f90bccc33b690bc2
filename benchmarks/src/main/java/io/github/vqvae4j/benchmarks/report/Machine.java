package io.github.vqvae4j.benchmarks.report;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * What the benchmark ran on.
 *
 * @param processor its name and widest vector instructions
 * @param processors that Java sees: the threads of every contender
 * @param memory of the machine
 * @param system with its processor family
 * @param jdk version and vendor
 * @param versions of the libraries
 * @param commit of this repository
 * @param date of the run
 */
public record Machine(
    String processor,
    int processors,
    String memory,
    String system,
    String jdk,
    String versions,
    String commit,
    String date) {
  /** The system's files about itself; absent outside Linux. */
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private static final Path MEMORY = Path.of("/proc/meminfo");

  /**
   * This machine.
   *
   * @return what can be found out
   * @throws IOException if the system's answer cannot be read
   */
  public static Machine here() throws IOException {
    return new Machine(
        findProcessor(),
        Runtime.getRuntime().availableProcessors(),
        value(MEMORY, "MemTotal"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        findVersions(),
        findCommit(),
        LocalDate.now(ZoneOffset.UTC).toString());
  }

  /**
   * The beginning of a page.
   *
   * @param title of the page
   * @param command that writes it
   * @param how its numbers were taken
   * @return Markdown
   */
  public String head(String title, String command, String how) {
    return "# "
        + title
        + "\n\nWritten by\n\n```\n"
        + command
        + "\n```\n\n"
        + how
        + "\n\n| | |\n| --- | --- |\n"
        + line("processor", processor + ", " + processors + " processors")
        + line("memory", memory)
        + line("system", system)
        + line("Java", jdk)
        + line("libraries", versions)
        + line("commit", commit)
        + line("date", date);
  }

  private static String line(String name, String value) {
    return "| " + name + " | " + value + " |\n";
  }

  private static String findProcessor() throws IOException {
    String flags = value(PROCESSOR, "flags");
    String widest =
        flags.contains("avx512f") ? ", AVX-512" : flags.contains("avx2") ? ", AVX2" : "";
    return value(PROCESSOR, "model name") + widest;
  }

  private static String value(Path file, String key) throws IOException {
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return "unknown";
  }

  /** The versions are in the names of the jars. */
  private static String findVersions() {
    List<String> found = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = Path.of(entry).getFileName().toString();
      if (name.matches("(dnnl|openblas|pytorch|nd4j-native|javacpp)-[0-9][^_]*[0-9]\\.jar")) {
        found.add(name.replace(".jar", "").replaceFirst("-(?=[0-9])", " "));
      }
    }
    return String.join(", ", found);
  }

  private static String findCommit() throws IOException {
    String commit = git("rev-parse", "--short", "HEAD");
    boolean changed = !git("status", "--porcelain", "src/main", "pom.xml", "parent", "benchmarks").isEmpty();
    return commit.isEmpty() ? "unknown" : changed ? commit + " with changes" : commit;
  }

  private static String git(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException notInstalled) {
      return "";
    }
  }
}
