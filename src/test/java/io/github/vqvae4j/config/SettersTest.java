package io.github.vqvae4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.vqvae4j.model.Likelihood;
import io.github.vqvae4j.tensor.ConvOptions;
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
 * Every setter of every record of settings: it sets what its name says and nothing else, and what
 * it sets is checked.
 */
class SettersTest {
  private static final String LIBRARY = "io.github.vqvae4j";

  /** The components that a setter of another name, or of a part of one, sets. */
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
          Map.entry("DenseEncoderConfig.linear", List.of("hidden")),
          Map.entry("DenseDecoderConfig.linear", List.of("hidden")),
          Map.entry("ImageFolderConfig.gray", List.of("channels")),
          Map.entry("DownloadConfig.timeouts", List.of("connectTimeout", "stallTimeout")),
          Map.entry("DownloadConfig.listen", List.of("listener")),
          Map.entry("Augmentation.crop", List.of("height", "width")));

  /** Setters of what others set, too: the last counts. */
  private static final Set<String> OTHER_WORDS =
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
  void everyRecordOfSettingsIsHere() {
    Set<String> found =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(LIBRARY).stream()
                .filter(JavaClass::isRecord)
                .map(JavaClass::reflect)
                .filter(record -> Modifier.isPublic(record.getModifiers()))
                .filter(record -> record != ConvOptions.class) // sets axes, see ConvConfigTest
                .filter(
                    record ->
                        record.getSimpleName().endsWith("Config")
                            || record == Likelihood.class
                            || !AllSettings.setters(record).isEmpty())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
    Set<String> here =
        AllSettings.SETTINGS.stream()
            .map(one -> one.getClass().getSimpleName())
            .collect(Collectors.toSet());
    assertEquals(found, here);
  }

  @TestFactory
  Stream<DynamicTest> aSetterSetsWhatItIsNamedAfterAndNothingElse() {
    return ofAll(setter -> true, SettersTest::setsItsOwn);
  }

  private static void setsItsOwn(Method setter, Record settings) {
    List<String> own =
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
      assertTrue(own.containsAll(differences.keySet()), own + " beside " + differences);
      changes += differences.size() == own.size() ? 1 : 0;
      if (own.equals(List.of(setter.getName())) && arguments.length == 1
          || own.size() == 2 && arguments.length == 2) {
        for (int i = 0; i < arguments.length; i++) {
          Object value = set(arguments[i], before.get(own.get(i)));
          assertEquals(value, after.get(own.get(i)), own.get(i));
        }
      }
      assertEquals(before, AllSettings.components(settings), "they stay as they are");
    }
    assertTrue(changes > 0, "none of the values changes " + own);
  }

  @SuppressWarnings("unchecked") // operators are those of the component
  private static Object set(Object argument, Object before) {
    if (argument instanceof UnaryOperator<?> change) {
      return ((UnaryOperator<Object>) change).apply(before);
    }
    return argument instanceof Object[] array ? List.of(array) : argument;
  }

  @TestFactory
  Stream<DynamicTest> theOrderDoesNotMatter() {
    return AllSettings.SETTINGS.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.getClass().getSimpleName(), () -> anyTwoSettersCommute(one)));
  }

  private static void anyTwoSettersCommute(Record settings) {
    List<Method> setters =
        AllSettings.setters(settings.getClass()).stream()
            .filter(setter -> !OTHER_WORDS.contains(name(setter, settings)))
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
            continue; // refused in this order, or in both
          }
          assertEquals(expected, actual, first + " and " + second);
          pairs++;
        }
      }
    }
    assertTrue(pairs > 0 || setters.size() < 2, "no pair of values is accepted");
  }

  /** Of several ways to set one and the same thing, the last is right. */
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
  Stream<DynamicTest> numbersOutOfRangeAreRefusedByTheRecord() {
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
              "not by a constructor: " + e);
        });
  }

  @TestFactory
  Stream<DynamicTest> nullIsRefused() {
    return ofAll(
        setter ->
            setter.getParameterCount() == 1
                && !setter.getParameterTypes()[0].isPrimitive()
                && !setter.getName().equals("cache"), // none is known on some machines
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
