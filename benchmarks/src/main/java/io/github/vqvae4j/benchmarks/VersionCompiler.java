package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Creates the configuration of a version of this library: the classes that run in the benchmark's
 * processes are compiled against that version's jar.
 */
final class VersionCompiler {
  /** The processes' main classes; the classes that they use are compiled with them. */
  private static final List<Class<?>> MAIN_CLASSES = List.of(Child.class, Curve.class);

  /**
   * Options for a heap whose size follows the memory in use. With G1, which collects when the heap
   * is full, the peak for the same work varies between 130 and 380 MiB.
   */
  private static final String OPTIONS = "-XX:+UseSerialGC -Xms64m -Xmn32m";

  private VersionCompiler() {}

  /** Returns the library jar on this JVM's class path. */
  static Path installed() {
    return location(VqVae.class);
  }

  /**
   * Compiles the benchmark against a version of the library.
   *
   * @param name the name of the configuration
   * @param jar the jar of the version
   * @param sources the source folder of that version's benchmarks, or null to use this version's
   * @param folder the folder in which a folder with the classes is created
   * @return the configuration
   * @throws IOException if compilation fails
   */
  static Configuration compile(String name, Path jar, Path sources, Path folder)
      throws IOException {
    System.out.printf("%s: %s%n", name, jar);
    Path classes = Files.createDirectory(folder.resolve(name));
    Path sourcePath =
        sources != null ? sources : location(Child.class).resolve("../../src/main/java");
    String classPath =
        Stream.concat(
                Stream.of(classes.toString(), jar.toString()),
                Stream.of(ProcessLauncher.CLASS_PATH.split(File.pathSeparator))
                    .filter(entry -> !entry.equals(installed().toString())))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-Xprefer:source", "-d", classes.toString()));
    arguments.addAll(List.of("-cp", classPath, "-sourcepath", sourcePath.toString()));
    for (Class<?> main : MAIN_CLASSES) {
      arguments.add(sourcePath.resolve(main.getName().replace('.', '/') + ".java").toString());
    }
    if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new))
        != 0) {
      throw new IOException(
          "The benchmarks do not compile with "
              + jar
              + ". Pass the source folder of that version's benchmarks as --sources.");
    }
    return new Configuration(
        name,
        List.of(Backend.OURS),
        Map.of("CLASSPATH", classPath, Configuration.JVM_OPTIONS, OPTIONS));
  }

  /** Returns the class path entry that contains a class. */
  static Path location(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }
}
