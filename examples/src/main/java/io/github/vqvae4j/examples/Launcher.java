package io.github.vqvae4j.examples;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs {@link Main} in a JVM of its own when started by Maven. If the command fails, Maven exits
 * with its exit code at once: the message of the command is then the last line, not followed by
 * Maven's own report.
 */
public final class Launcher {
  private Launcher() {}

  /**
   * Runs a command with the JVM in the system property {@code examples.java} and the JVM options in
   * {@code examples.jvm}, which are separated by spaces.
   *
   * @param args the command and its options
   * @throws Exception if the JVM cannot be started
   */
  public static void main(String[] args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("examples.java"));
    command.addAll(List.of(System.getProperty("examples.jvm").strip().split("\\s+")));
    command.add("-classpath");
    command.add(classPath((URLClassLoader) Launcher.class.getClassLoader()));
    command.add(Main.class.getName());
    command.addAll(List.of(args));
    // Attached to the terminal, so that progress bars and Ctrl-C work.
    Process process = new ProcessBuilder(command).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process)));
    int exit = process.waitFor();
    if (exit != Main.SUCCESS) {
      System.exit(exit);
    }
  }

  /** Returns the class path of the loader with which Maven runs this class. */
  private static String classPath(URLClassLoader loader) throws URISyntaxException {
    List<String> paths = new ArrayList<>();
    for (URL url : loader.getURLs()) {
      paths.add(Path.of(url.toURI()).toString());
    }
    return String.join(File.pathSeparator, paths);
  }

  /**
   * Asks the command to stop, and waits until it has saved its model. After Ctrl-C, the terminal
   * has asked it already. On Windows, only Ctrl-C asks; anything else would kill the process.
   */
  private static void end(Process process) {
    if (process.supportsNormalTermination()) {
      process.destroy();
    }
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
