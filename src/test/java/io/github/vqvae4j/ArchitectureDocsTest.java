package io.github.vqvae4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The package dependencies in docs/architecture.md are those of {@link ArchitectureTest}, and the
 * classes that it and CONTRIBUTING.md name exist.
 */
class ArchitectureDocsTest {
  private static final Path SOURCES = Path.of("src/main/java/io/github/vqvae4j");
  private static final Pattern RULE =
      Pattern.compile("(\\w+) uses of the library only (itself|[\\w, ]+)");

  /** Classes of Java and nested ones, and a name that is no class. */
  private static final Set<String> OTHER_CLASSES =
      Set.of("Module", "Path", "OutOfMemoryError", "Observer", "Supplier", "Thread");

  /** The lines that describe a package. */
  private static final Pattern LINE =
      Pattern.compile("^  (\\w+)/ +(?:.|\\n {20})*?[;:]\\s+uses ([\\w, ]+)$", Pattern.MULTILINE);

  @Test
  void documentedDependenciesMatchTheRules() throws Exception {
    assertEquals(rules(), docs());
  }

  /** A class in backquotes, possibly behind its packages or before one of its members. */
  private static final Pattern CLASS =
      Pattern.compile("`(?:\\w+/)*([A-Z][A-Za-z0-9]+)(?:[.#:][^`]*)?`");

  @ParameterizedTest
  @ValueSource(strings = {"docs/architecture.md", "CONTRIBUTING.md"})
  void namedClassesExist(String page) throws IOException {
    Set<String> classes = new TreeSet<>(OTHER_CLASSES);
    for (String sources : List.of("src/main/java", "src/test/java")) {
      try (Stream<Path> files = Files.walk(Path.of(sources))) {
        files.forEach(file -> classes.add(file.getFileName().toString().replace(".java", "")));
      }
    }
    Set<String> unknown = new TreeSet<>();
    Matcher named = CLASS.matcher(Files.readString(Path.of(page)));
    while (named.find()) {
      unknown.add(named.group(1));
    }
    unknown.removeAll(classes);
    assertEquals(Set.of(), unknown);
  }

  private static Map<String, Set<String>> rules() throws IllegalAccessException {
    Map<String, Set<String>> rules = new TreeMap<>();
    for (Field field : ArchitectureTest.class.getDeclaredFields()) {
      if (field.getType() != ArchRule.class) {
        continue;
      }
      Matcher rule = RULE.matcher(((ArchRule) field.get(null)).getDescription());
      if (rule.matches() && Files.exists(SOURCES.resolve(rule.group(1)))) {
        rules.put(rule.group(1), packages(rule.group(2)));
      }
    }
    // A rule may name a package that does not exist yet.
    rules.values().forEach(used -> used.removeIf(name -> !Files.exists(SOURCES.resolve(name))));
    return rules;
  }

  private static Map<String, Set<String>> docs() throws IOException {
    Map<String, Set<String>> docs = new TreeMap<>();
    Matcher line = LINE.matcher(Files.readString(Path.of("docs/architecture.md")));
    while (line.find()) {
      boolean all = line.group(2).equals("all of these");
      docs.put(line.group(1), all ? new TreeSet<>(docs.keySet()) : packages(line.group(2)));
    }
    return docs;
  }

  private static Set<String> packages(String list) {
    List<String> none = List.of("itself", "no other package");
    return none.contains(list)
        ? new TreeSet<>()
        : new TreeSet<>(Arrays.asList(list.split(", | and ")));
  }
}
