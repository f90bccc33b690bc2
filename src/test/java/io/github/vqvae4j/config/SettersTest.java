package io.github.vqvae4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.vqvae4j.model.vae.Likelihood;
import io.github.vqvae4j.prior.CodePairs;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.GroupMoments;
import io.github.vqvae4j.train.BatchLoss;
import io.github.vqvae4j.train.ParameterGroup;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every setter of every configuration record changes exactly the component it is named after, and
 * its values are validated.
 */
class SettersTest {
  private static final String LIBRARY = "io.github.vqvae4j";

  /** The components of setters that are not named after their component. */
  private static final Map<String, List<String>> OTHER_COMPONENTS =
      Map.ofEntries(
          Map.entry("ConvConfig.stride", List.of("options")),
          Map.entry("ConvConfig.padding", List.of("options")),
          Map.entry("ConvConfig.dilation", List.of("options")),
          Map.entry("ConvConfig.groups", List.of("options")),
          Map.entry("ConvConfig.outputPadding", List.of("options")),
          Map.entry("ConvConfig.kernel", List.of("kernelHeight", "kernelWidth")),
          Map.entry("ConvConfig.same", List.of("padding")),
          Map.entry("ConvConfig.causal", List.of("padding")),
          Map.entry("GroupedQuantizerConfig.shared", List.of("sharedCodebook")),
          Map.entry("ResidualQuantizerConfig.shared", List.of("sharedCodebook")),
          Map.entry("DenseEncoderConfig.linear", List.of("hidden")),
          Map.entry("DenseDecoderConfig.linear", List.of("hidden")),
          Map.entry("ImageFolderConfig.gray", List.of("channels")),
          Map.entry("DownloadConfig.timeouts", List.of("connectTimeout", "stallTimeout")),
          Map.entry("Augmentation.crop", List.of("height", "width")),
          Map.entry("PixelCnnConfig.size", List.of("height", "width")));

  /** Setters of components that other setters also set; the last call wins. */
  private static final Set<String> ALIASES =
      Set.of(
          "ConvConfig.options",
          "ConvConfig.same",
          "ConvConfig.causal",
          "DenseEncoderConfig.linear",
          "DenseDecoderConfig.linear");

  private static String name(Method setter, Record settings) {
    return settings.getClass().getSimpleName() + "." + setter.getName();
  }

  private static Record call(Method setter, Record settings, Object... arguments) {
    try {
      return (Record) setter.invoke(settings, arguments);
    } catch (InvocationTargetException e) {
      throw (RuntimeException) e.getCause();
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<DynamicTest> ofAll(Predicate<Method> wanted, Check check) {
    return AllSettings.SETTINGS.stream()
        .flatMap(
            one ->
                AllSettings.setters(one.getClass()).stream()
                    .filter(wanted)
                    .map(m -> test(m, one, check)));
  }

  private static DynamicTest test(Method setter, Record settings, Check check) {
    String name = name(setter, settings) + Arrays.toString(setter.getParameterTypes());
    return DynamicTest.dynamicTest(name, () -> check.of(setter, settings));
  }

  private interface Check {
    void of(Method setter, Record settings);
  }

  @Test
  void allConfigurationRecordsAreListed() {
    Set<String> found =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(LIBRARY).stream()
                .filter(JavaClass::isRecord)
                .map(JavaClass::reflect)
                .filter(record -> Modifier.isPublic(record.getModifiers()))
                .filter(record -> record != ConvOptions.class) // sets axes, see ConvConfigTest
                .filter(record -> record != BatchLoss.class) // a result, to which values are added
                .filter(record -> record != ParameterGroup.class) // holds a part of a model
                .filter(record -> record != CodePairs.class) // examples
                .filter(record -> record != GroupMoments.class) // statistics, which are merged
                .filter(
                    record ->
                        record.getSimpleName().endsWith("Config")
                            || record == Likelihood.class
                            || !AllSettings.setters(record).isEmpty())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
    Set<String> listed =
        AllSettings.SETTINGS.stream()
            .map(one -> one.getClass().getSimpleName())
            .collect(Collectors.toSet());
    assertEquals(found, listed);
  }

  @TestFactory
  Stream<DynamicTest> settersChangeOnlyTheirComponent() {
    return ofAll(setter -> true, SettersTest::checkChanges);
  }

  private static void checkChanges(Method setter, Record settings) {
    List<String> components =
        OTHER_COMPONENTS.getOrDefault(name(setter, settings), List.of(setter.getName()));
    Map<String, Object> before = AllSettings.components(settings);
    int changes = 0;
    for (int round = 0; round < 6; round++) {
      Object[] arguments = arguments(setter, round);
      Record changed;
      try {
        changed = call(setter, settings, arguments);
      } catch (IllegalArgumentException e) {
        continue;
      }
      Map<String, Object> after = AllSettings.components(changed);
      Map<String, Object> differences = new TreeMap<>(after);
      differences.entrySet().removeIf(e -> e.getValue().equals(before.get(e.getKey())));
      assertTrue(
          components.containsAll(differences.keySet()), components + " but changed " + differences);
      changes += differences.size() == components.size() ? 1 : 0;
      if (components.equals(List.of(setter.getName())) && arguments.length == 1
          || components.size() == 2 && arguments.length == 2) {
        for (int i = 0; i < arguments.length; i++) {
          Object value = set(arguments[i], before.get(components.get(i)));
          assertEquals(value, after.get(components.get(i)), components.get(i));
        }
      }
      assertEquals(before, AllSettings.components(settings), "the original is unchanged");
    }
    assertTrue(changes > 0, "no value changes " + components);
  }

  @SuppressWarnings("unchecked") // operators have the type of the component
  private static Object set(Object argument, Object before) {
    if (argument instanceof UnaryOperator<?> change) {
      return ((UnaryOperator<Object>) change).apply(before);
    }
    return argument instanceof Object[] array ? List.of(array) : argument;
  }

  @TestFactory
  Stream<DynamicTest> settersCommute() {
    return AllSettings.SETTINGS.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.getClass().getSimpleName(), () -> checkCommutativity(one)));
  }

  private static void checkCommutativity(Record settings) {
    List<Method> setters =
        AllSettings.setters(settings.getClass()).stream()
            .filter(setter -> !ALIASES.contains(name(setter, settings)))
            .toList();
    int pairs = 0;
    for (Method first : setters) {
      for (Method second : setters.subList(setters.indexOf(first) + 1, setters.size())) {
        for (int round = 0; round < 12 && !setPadding(first, second); round++) {
          Object[] one = arguments(first, round % 3);
          Object[] other = arguments(second, round / 3);
          Record expected;
          Record actual;
          try {
            expected = call(second, call(first, settings, one), other);
            actual = call(first, call(second, settings, other), one);
          } catch (IllegalArgumentException e) {
            continue; // rejected in one order or both
          }
          assertEquals(expected, actual, first + " and " + second);
          pairs++;
        }
      }
    }
    assertTrue(pairs > 0 || setters.size() < 2, "no pair of values is accepted");
  }

  /** Whether both setters set the padding; the last call wins. */
  private static boolean setPadding(Method first, Method second) {
    return Set.of("padding", "same", "causal")
        .containsAll(List.of(first.getName(), second.getName()));
  }

  private static Object[] arguments(Method setter, int round) {
    Object[] arguments = new Object[setter.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      List<?> values = AllSettings.values(setter.getParameterTypes()[i]);
      arguments[i] = values.get((round + i) % values.size());
    }
    return arguments;
  }

  @TestFactory
  Stream<DynamicTest> valuesOutOfRangeAreRejectedByTheConstructor() {
    Map<Class<?>, Object> outOfRange =
        Map.of(int.class, Integer.MIN_VALUE, long.class, -1L, double.class, Double.NaN);
    return ofAll(
        setter ->
            setter.getParameterCount() > 0
                && outOfRange.keySet().containsAll(List.of(setter.getParameterTypes())),
        (setter, settings) -> {
          Object[] arguments =
              Arrays.stream(setter.getParameterTypes()).map(outOfRange::get).toArray();
          IllegalArgumentException e =
              assertThrows(IllegalArgumentException.class, () -> call(setter, settings, arguments));
          assertTrue(
              Arrays.stream(e.getStackTrace()).anyMatch(f -> f.getMethodName().equals("<init>")),
              "not thrown by a constructor: " + e);
        });
  }

  @TestFactory
  Stream<DynamicTest> nullIsRejected() {
    return ofAll(
        setter ->
            setter.getParameterCount() == 1
                && !setter.getParameterTypes()[0].isPrimitive()
                && !setter.getName().equals("cache"), // may be null on some machines
        (setter, settings) -> {
          NullPointerException e =
              assertThrows(
                  NullPointerException.class, () -> call(setter, settings, new Object[] {null}));
          String message = String.valueOf(e.getMessage());
          String component =
              OTHER_COMPONENTS
                  .getOrDefault(name(setter, settings), List.of(setter.getName()))
                  .get(0);
          String start = settings.getClass().getSimpleName() + "." + component + ": expected ";
          assertTrue(message.startsWith(start) && message.endsWith(", got null."), message);
        });
  }
}
