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
 * Makes another version of this library a contender: whatever calls the library is compiled once
 * more, against the other version's jar.
 */
final class OtherVersion {
  private static final List<Class<?>> CALLERS =
      List.of(Child.class, Contestant.class, Curve.class, Noise.class, Ours.class);

  private OtherVersion() {}

  /**
   * Compiles.
   *
   * @param jar of the other version
   * @param sources folder of those callers' sources that the other version needs; null if it has
   *     the same API
   * @param folder for the classes
   * @return the contender
   * @throws IOException if they do not compile
   */
  static Contender of(Path jar, Path sources, Path folder) throws IOException {
    String ours = place(VqVae.class).toString();
    System.out.printf("This version: %s%nother version: %s%n", ours, jar);
    String classPath =
        Stream.concat(
                Stream.of(folder.toString(), jar.toString()),
                Stream.of(Processes.CLASS_PATH.split(File.pathSeparator))
                    .filter(entry -> !entry.equals(ours)))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-d", folder.toString(), "-cp", classPath));
    for (Class<?> caller : CALLERS) {
      arguments.add(source(caller, sources).toString());
    }
    if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new))
        != 0) {
      throw new IOException(
          jar + " has another API: give the benchmarks' sources of its version with --sources");
    }
    return new Contender("other version", List.of(Side.OURS), Map.of("CLASSPATH", classPath));
  }

  /** That of the other version, if there is one, or else this module's. */
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
