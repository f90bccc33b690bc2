package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.model.VqVae;
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
 * Makes a version of this library a contender: whatever calls the library is compiled once more,
 * against that version's jar.
 */
final class Version {
  private static final List<Class<?>> CALLERS =
      List.of(Child.class, Contestant.class, Curve.class, Noise.class, Ours.class);

  /**
   * A heap that follows what is in use. G1 collects when its heap is full, and takes 130 or 380 MiB
   * for the same work, as it comes.
   */
  private static final String OPTIONS = "-XX:+UseSerialGC -Xms64m -Xmn32m";

  private Version() {}

  /** The jar on this JVM's class path. */
  static Path installed() {
    return place(VqVae.class);
  }

  /**
   * Compiles.
   *
   * @param name of the contender
   * @param jar of the version
   * @param sources folder of those callers' sources that the version needs; null if it has this
   *     one's API
   * @param folder gets a folder of the classes
   * @return the contender
   * @throws IOException if they do not compile
   */
  static Contender of(String name, Path jar, Path sources, Path folder) throws IOException {
    System.out.printf("%s: %s%n", name, jar);
    Path classes = Files.createDirectory(folder.resolve(name));
    String classPath =
        Stream.concat(
                Stream.of(classes.toString(), jar.toString()),
                Stream.of(Processes.CLASS_PATH.split(File.pathSeparator))
                    .filter(entry -> !entry.equals(installed().toString())))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-d", classes.toString(), "-cp", classPath));
    for (Class<?> caller : CALLERS) {
      arguments.add(source(caller, sources).toString());
    }
    if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new))
        != 0) {
      throw new IOException(
          jar + " has another API: give the benchmarks' sources of its version with --sources");
    }
    return new Contender(
        name, List.of(Side.OURS), Map.of("CLASSPATH", classPath, "JDK_JAVA_OPTIONS", OPTIONS));
  }

  /** That of the version, if it is given, or else this module's. */
  private static Path source(Class<?> type, Path sources) {
    String name = type.getName().replace('.', '/') + ".java";
    return sources != null && Files.exists(sources.resolve(name))
        ? sources.resolve(name)
        : place(type).resolve("../../src/main/java").resolve(name);
  }

  /** Where on the class path a class comes from. */
  private static Path place(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }
}
