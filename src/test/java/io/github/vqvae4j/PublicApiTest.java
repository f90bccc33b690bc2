package io.github.vqvae4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/api.md names every package, and no signature of the public API has types outside of it. */
class PublicApiTest {
  private static final String LIBRARY = ArchitectureTest.LIBRARY;

  /** A package's row: its name, and whether it is public. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `(" + LIBRARY + "[\\w.]*)` \\| (yes|no) \\|", Pattern.MULTILINE);

  /** A row of another library's type. */
  private static final Pattern FOREIGN =
      Pattern.compile("^\\| `((?!" + LIBRARY + ")\\w+\\.[\\w.]+)` \\|", Pattern.MULTILINE);

  /**
   * A type in a signature.
   *
   * @param place the class, field or method
   */
  private record Use(String place, JavaClass type) {
    @Override
    public String toString() {
      return place + " names " + type.getName();
    }
  }

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(LIBRARY);

  @Test
  void theTableNamesEveryPackage() throws IOException {
    Map<String, Boolean> expected = new TreeMap<>();
    CLASSES.forEach(
        type -> expected.put(type.getPackageName(), !type.getPackageName().contains(".internal")));
    assertEquals(expected, table());
  }

  @Test
  void signaturesConsistOfPublicTypes() {
    List<Use> leaks =
        uses(type -> type.getPackageName().startsWith(LIBRARY) && !exposed(type)).stream()
            .distinct()
            .toList();
    assertTrue(
        leaks.isEmpty(),
        () -> leaks.stream().map(Use::toString).collect(Collectors.joining("\n", "\n", "")));
  }

  @Test
  void theTableNamesEveryTypeOfOtherLibraries() throws IOException {
    Set<String> foreign =
        uses(type -> Stream.of("java.", LIBRARY).noneMatch(type.getName()::startsWith)).stream()
            .map(use -> use.type().getName())
            .collect(Collectors.toSet());
    assertEquals(foreign, matches(FOREIGN).map(row -> row.group(1)).collect(Collectors.toSet()));
  }

  private static Map<String, Boolean> table() throws IOException {
    return matches(ROW)
        .collect(
            Collectors.toMap(
                row -> row.group(1),
                row -> row.group(2).equals("yes"),
                (first, second) -> {
                  throw new AssertionError("a package stands twice in docs/api.md");
                },
                TreeMap::new));
  }

  private static Stream<MatchResult> matches(Pattern row) throws IOException {
    return row.matcher(Files.readString(Path.of("docs/api.md"))).results();
  }

  /** Where the public API's signatures name such a type. */
  private static List<Use> uses(Predicate<JavaClass> wanted) {
    return CLASSES.stream()
        .filter(PublicApiTest::exposed)
        .flatMap(PublicApiTest::signatures)
        .filter(use -> !use.type().isPrimitive() && wanted.test(use.type()))
        .sorted(Comparator.comparing(Use::place))
        .toList();
  }

  private static Stream<Use> signatures(JavaClass type) {
    List<Use> uses = new ArrayList<>();
    type.getSuperclass()
        .filter(parent -> !hidden(parent.toErasure()))
        .ifPresent(parent -> add(uses, type.getName(), List.of(parent)));
    add(uses, type.getName(), type.getInterfaces());
    add(uses, type.getName(), type.getTypeParameters());
    for (JavaMember member : type.getAllMembers()) {
      if (!exposed(member) || !member.getOwner().getName().startsWith(LIBRARY)) {
        continue;
      }
      if (member instanceof JavaField field) {
        add(uses, field.getFullName(), List.of(field.getType()));
      } else if (member instanceof JavaCodeUnit method) {
        add(uses, method.getFullName(), List.of(method.getReturnType()));
        add(uses, method.getFullName(), method.getParameterTypes());
        add(uses, method.getFullName(), method.getTypeParameters());
        add(uses, method.getFullName(), method.getExceptionTypes());
      }
    }
    return uses.stream();
  }

  private static void add(List<Use> uses, String place, Collection<? extends JavaType> types) {
    for (JavaType type : types) {
      for (JavaClass named : type.getAllInvolvedRawTypes()) {
        uses.add(new Use(place, named.getBaseComponentType()));
      }
    }
  }

  /** Whether users see the members of a superclass, but not itself. */
  private static boolean hidden(JavaClass parent) {
    return parent.getPackageName().startsWith(LIBRARY)
        && !parent.getPackageName().contains(".internal")
        && !exposed(parent);
  }

  /** Whether a user's code can name the type, directly or as a subclass. */
  private static boolean exposed(JavaClass type) {
    return !type.getPackageName().contains(".internal")
        && visible(type.getModifiers())
        && type.getEnclosingClass().map(PublicApiTest::exposed).orElse(true);
  }

  private static boolean exposed(JavaMember member) {
    return visible(member.getModifiers())
        && !member.getModifiers().contains(JavaModifier.SYNTHETIC);
  }

  private static boolean visible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }
}
