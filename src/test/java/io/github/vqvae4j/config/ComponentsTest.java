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
 * Validation of every component of every configuration record: errors name the record, the
 * component, the expected and the actual value. All components are included in toString.
 */
class ComponentsTest {
  /** Values that every component rejects. */
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
            settings ->
                Arrays.stream(settings.getClass().getRecordComponents())
                    .map(
                        c ->
                            DynamicTest.dynamicTest(
                                path(settings, c), () -> check.of(settings, c))));
  }

  private static String path(Record settings, RecordComponent component) {
    return settings.getClass().getSimpleName() + "." + component.getName();
  }

  private static void assertRejected(
      Class<? extends Exception> type, Record settings, RecordComponent component, Object value) {
    assertRejected(type, settings, component, value, "");
  }

  private static void assertRejected(
      Class<? extends Exception> type,
      Record settings,
      RecordComponent component,
      Object value,
      String index) {
    String message =
        String.valueOf(
            assertThrows(type, () -> Records.with(settings, component.getName(), value))
                .getMessage());
    String start = path(settings, component) + index + ": expected ";
    assertTrue(message.startsWith(start), message);
    assertTrue(message.contains(", got "), message);
  }

  @TestFactory
  Stream<DynamicTest> nullIsRejected() {
    return ofAll(
        (settings, component) -> {
          if (component.getType().isPrimitive()) {
            assertRejected(IllegalArgumentException.class, settings, component, null);
          } else if (!component.getName().equals("cache")) { // may be null on some machines
            assertRejected(NullPointerException.class, settings, component, null);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> nullInAListIsRejected() {
    return ofAll(
        (settings, component) -> {
          if (component.getType() == List.class) {
            List<Object> list = new ArrayList<>((List<?>) value(settings, component));
            list.add(null);
            String index = "[" + (list.size() - 1) + "]";
            assertRejected(NullPointerException.class, settings, component, list, index);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> valuesOutOfRangeAreRejected() {
    return ofAll(
        (settings, component) -> {
          for (Object value : OUT_OF_RANGE.getOrDefault(component.getType(), List.of())) {
            assertRejected(IllegalArgumentException.class, settings, component, value);
          }
          if (component.getGenericType() instanceof ParameterizedType list
              && list.getActualTypeArguments()[0] == Integer.class) {
            assertRejected(
                IllegalArgumentException.class,
                settings,
                component,
                List.of(3, Integer.MIN_VALUE, 3),
                "[1]");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> valuesOfTheWrongTypeAreRejected() {
    return ofAll(
        (settings, component) ->
            assertRejected(IllegalArgumentException.class, settings, component, new Object()));
  }

  @TestFactory
  Stream<DynamicTest> toStringContainsAllComponents() {
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
