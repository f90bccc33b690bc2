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
import org.junit.jupiter.api.Test;

/** The package dependencies in docs/architecture.md are those of {@link ArchitectureTest}. */
class ArchitectureDocsTest {
  private static final Path SOURCES = Path.of("src/main/java/io/github/vqvae4j");
  private static final Pattern RULE =
      Pattern.compile("(\\w+) uses of the library only (itself|[\\w, ]+)");

  /** The lines that describe a package. */
  private static final Pattern LINE =
      Pattern.compile("^  (\\w+)/ +(?:.|\\n {20})*?[;:]\\s+uses ([\\w, ]+)$", Pattern.MULTILINE);

  @Test
  void documentedDependenciesMatchTheRules() throws Exception {
    assertEquals(rules(), docs());
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
