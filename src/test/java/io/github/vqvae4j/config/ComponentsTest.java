package io.github.vqvae4j.config;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every component of every record of settings: what is refused is named by record and component,
 * beside what was expected and what came; and it is printed.
 */
class ComponentsTest {
  /** Nobody accepts these. */
  private static final Map<Class<?>, List<?>> OUT_OF_RANGE =
      Map.of(
          int.class, List.of(Integer.MIN_VALUE),
          long.class, List.of(Long.MIN_VALUE),
          double.class, List.of(Double.NaN, Double.NEGATIVE_INFINITY),
          char.class, List.of('\0', 'x'));

  private interface Check {
    void of(Record settings, RecordComponent component);
  }

  private static Stream<DynamicTest> ofAll(Check check) {
    return AllSettings.SETTINGS.stream()
        .flatMap(
            one ->
                Arrays.stream(one.getClass().getRecordComponents())
                    .map(c -> DynamicTest.dynamicTest(path(one, c), () -> check.of(one, c))));
  }

  private static String path(Record settings, RecordComponent component) {
    return settings.getClass().getSimpleName() + "." + component.getName();
  }

  private static void refused(
      Class<? extends Exception> type, Record settings, RecordComponent component, Object value) {
    refused(type, settings, component, value, "");
  }

  private static void refused(
      Class<? extends Exception> type,
      Record settings,
      RecordComponent component,
      Object value,
      String place) {
    String message =
        String.valueOf(
            assertThrows(type, () -> Records.with(settings, component.getName(), value))
                .getMessage());
    String start = path(settings, component) + place + ": expected ";
    assertTrue(message.startsWith(start), message);
    assertTrue(message.contains(", got "), message);
  }

  @TestFactory
  Stream<DynamicTest> nullIsRefused() {
    return ofAll(
        (settings, component) -> {
          if (component.getType().isPrimitive()) {
            refused(IllegalArgumentException.class, settings, component, null);
          } else if (!component.getName().equals("cache")) { // none is known on some machines
            refused(NullPointerException.class, settings, component, null);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> nullInAListIsRefused() {
    return ofAll(
        (settings, component) -> {
          if (component.getType() == List.class) {
            List<Object> list = new ArrayList<>((List<?>) value(settings, component));
            list.add(null);
            String place = "[" + (list.size() - 1) + "]";
            refused(NullPointerException.class, settings, component, list, place);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> valuesOutOfRangeAreRefused() {
    return ofAll(
        (settings, component) -> {
          for (Object value : OUT_OF_RANGE.getOrDefault(component.getType(), List.of())) {
            refused(IllegalArgumentException.class, settings, component, value);
          }
          if (component.getGenericType() instanceof ParameterizedType list
              && list.getActualTypeArguments()[0] == Integer.class) {
            refused(
                IllegalArgumentException.class,
                settings,
                component,
                List.of(1, Integer.MIN_VALUE, 1),
                "[1]");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> valuesOfAnotherTypeAreRefused() {
    return ofAll(
        (settings, component) ->
            refused(IllegalArgumentException.class, settings, component, new Object()));
  }

  @TestFactory
  Stream<DynamicTest> allIsPrinted() {
    return ofAll(
        (settings, component) -> {
          String printed = component.getName() + "=" + value(settings, component);
          assertTrue(settings.toString().contains(printed), settings + " without " + printed);
        });
  }

  private static Object value(Record settings, RecordComponent component) {
    return AllSettings.components(settings).get(component.getName());
  }
}
