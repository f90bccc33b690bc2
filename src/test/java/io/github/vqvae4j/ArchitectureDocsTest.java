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

/** The rooms of docs/architecture.md use what {@link ArchitectureTest} lets them use. */
class ArchitectureDocsTest {
  private static final Path SOURCES = Path.of("src/main/java/io/github/vqvae4j");
  private static final Pattern RULE =
      Pattern.compile("(\\w+) uses of the library only (itself|[\\w, ]+)");

  /** A room's line, with the further lines of its text. */
  private static final Pattern LINE =
      Pattern.compile("^  (\\w+)/ +(?:.|\\n {20})*?[;:]\\s+uses ([\\w, ]+)$", Pattern.MULTILINE);

  @Test
  void theRoomsOfTheDocsUseWhatTheRulesSay() throws Exception {
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
        rules.put(rule.group(1), rooms(rule.group(2)));
      }
    }
    // A rule may name a room that is not built yet.
    rules.values().forEach(used -> used.removeIf(room -> !Files.exists(SOURCES.resolve(room))));
    return rules;
  }

  private static Map<String, Set<String>> docs() throws IOException {
    Map<String, Set<String>> docs = new TreeMap<>();
    Matcher line = LINE.matcher(Files.readString(Path.of("docs/architecture.md")));
    while (line.find()) {
      boolean all = line.group(2).equals("all of these");
      docs.put(line.group(1), all ? new TreeSet<>(docs.keySet()) : rooms(line.group(2)));
    }
    return docs;
  }

  private static Set<String> rooms(String list) {
    List<String> none = List.of("itself", "no other package");
    return none.contains(list)
        ? new TreeSet<>()
        : new TreeSet<>(Arrays.asList(list.split(", | and ")));
  }
}
