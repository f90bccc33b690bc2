package io.github.vqvae4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.vqvae4j.data.Augmentation;
import io.github.vqvae4j.data.CsvConfig;
import io.github.vqvae4j.data.DownloadConfig;
import io.github.vqvae4j.data.DownloadListener;
import io.github.vqvae4j.data.ImageFolderConfig;
import io.github.vqvae4j.model.AnomalyConfig;
import io.github.vqvae4j.model.ConvDecoder;
import io.github.vqvae4j.model.ConvEncoder;
import io.github.vqvae4j.model.DenseDecoder;
import io.github.vqvae4j.model.DenseEncoder;
import io.github.vqvae4j.model.SeriesDecoder;
import io.github.vqvae4j.model.SeriesEncoder;
import io.github.vqvae4j.model.StridedDecoder;
import io.github.vqvae4j.model.StridedEncoder;
import io.github.vqvae4j.nn.BatchNormConfig;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.GroupNormConfig;
import io.github.vqvae4j.nn.LayerNormConfig;
import io.github.vqvae4j.nn.LinearConfig;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.nn.ResnetConfig;
import io.github.vqvae4j.quantize.EmaConfig;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.tensor.Window;
import io.github.vqvae4j.train.CodebookMonitorConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
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

  /** One of each; {@link #everyRecordWithSettersIsHere} names those that lack. */
  private static final List<Record> SETTINGS =
      List.of(
          ConvConfig.of(4, 4, 3).stride(3),
          LinearConfig.of(2, 3),
          LayerNormConfig.of(4),
          GroupNormConfig.of(2, 4),
          BatchNormConfig.of(3),
          ResidualConfig.of(2, 3),
          ResnetConfig.of(4, 2, 2),
          VectorQuantizer.ema(4, 3),
          EmaConfig.DEFAULT.zeroDebiased(false),
          KMeansConfig.of(3),
          ConvEncoder.channels(3),
          ConvDecoder.channels(3),
          ConvEncoder.channels(3).vector(8, 16),
          ConvDecoder.channels(3).vector(8, 16),
          SeriesEncoder.channels(3),
          SeriesDecoder.channels(3),
          StridedEncoder.channels(3),
          StridedDecoder.channels(3),
          DenseEncoder.images(8, 6, 1),
          DenseDecoder.images(8, 6, 1),
          AnomalyConfig.falsePositives(0.01),
          CodebookMonitorConfig.DEFAULT,
          ImageFolderConfig.of(8),
          CsvConfig.DEFAULT,
          DownloadConfig.of(),
          Augmentation.NONE);

  /** The components that a setter of another name, or of a part of one, sets. */
  private static final Map<String, List<String>> OTHER_COMPONENTS =
      Map.ofEntries(
          Map.entry("ConvConfig.stride", List.of("window")),
          Map.entry("ConvConfig.padding", List.of("window")),
          Map.entry("ConvConfig.dilation", List.of("window")),
          Map.entry("ConvConfig.groups", List.of("window")),
          Map.entry("ConvConfig.outputPadding", List.of("window")),
          Map.entry("ConvConfig.kernel", List.of("kernelHeight", "kernelWidth")),
          Map.entry("ConvConfig.same", List.of("padding")),
          Map.entry("ConvConfig.causal", List.of("padding")),
          Map.entry("SeriesEncoderConfig.growth", List.of("residual")),
          Map.entry("SeriesDecoderConfig.growth", List.of("residual")),
          Map.entry("DenseEncoderConfig.linear", List.of("hidden")),
          Map.entry("DenseDecoderConfig.linear", List.of("hidden")),
          Map.entry("ImageFolderConfig.gray", List.of("channels")),
          Map.entry("DownloadConfig.timeouts", List.of("connectTimeout", "stallTimeout")),
          Map.entry("DownloadConfig.listen", List.of("listener")),
          Map.entry("Augmentation.crop", List.of("height", "width")));

  /** Values to try, of which some setters refuse some. */
  private static final Map<Class<?>, List<?>> VALUES =
      Map.ofEntries(
          Map.entry(int.class, List.of(1, 2, 5, 4, 3, 6)),
          Map.entry(long.class, List.of(7L, 2L)),
          Map.entry(double.class, List.of(0.25, 0.75, 3.0)),
          Map.entry(boolean.class, List.of(true, false)),
          Map.entry(char.class, List.of(';', '|')),
          Map.entry(List.class, List.of(List.of("p", "q"))),
          Map.entry(Integer[].class, List.of((Object) new Integer[] {5, 7})),
          Map.entry(Path.class, List.of(Path.of("cache"))),
          Map.entry(URI[].class, List.of((Object) new URI[] {URI.create("http://mirror/")})),
          Map.entry(Duration.class, List.of(Duration.ofSeconds(5), Duration.ofSeconds(7))),
          Map.entry(DownloadListener.class, List.of((DownloadListener) progress -> {})),
          Map.entry(Window.class, List.of(Window.of(2, 1))),
          Map.entry(ResidualConfig.class, List.of(ResidualConfig.of(1, 5))),
          Map.entry(EmaConfig.class, List.of(EmaConfig.DEFAULT.decay(0.5))));

  private static List<?> values(Class<?> type) {
    return type.isEnum() ? List.of(type.getEnumConstants()) : VALUES.get(type);
  }

  /** Methods that make another of the same record. */
  private static List<Method> setters(Class<?> record) {
    return Arrays.stream(record.getMethods())
        .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isSynthetic())
        .filter(m -> m.getReturnType() == record || m.getReturnType() == Record.class)
        .toList();
  }

  private static String name(Method setter, Record settings) {
    return settings.getClass().getSimpleName() + "." + setter.getName();
  }

  private static Record call(Method setter, Record settings, Object... arguments) {
    setter.setAccessible(true);
    try {
      return (Record) setter.invoke(settings, arguments);
    } catch (InvocationTargetException e) {
      throw (RuntimeException) e.getCause();
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Object> components(Record record) {
    Object[] values = Records.values(record);
    Map<String, Object> components = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      components.put(component.getName(), values[components.size()]);
    }
    return components;
  }

  private static Stream<DynamicTest> ofAll(Predicate<Method> wanted, Check check) {
    return SETTINGS.stream()
        .flatMap(
            one -> setters(one.getClass()).stream().filter(wanted).map(m -> test(m, one, check)));
  }

  private static DynamicTest test(Method setter, Record settings, Check check) {
    String name = name(setter, settings) + Arrays.toString(setter.getParameterTypes());
    return DynamicTest.dynamicTest(name, () -> check.of(setter, settings));
  }

  private interface Check {
    void of(Method setter, Record settings);
  }

  @Test
  void everyRecordWithSettersIsHere() {
    Set<String> found =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(LIBRARY).stream()
                .filter(JavaClass::isRecord)
                .map(JavaClass::reflect)
                .filter(record -> Modifier.isPublic(record.getModifiers()))
                .filter(record -> record != Window.class) // sets axes, see ConvConfigTest
                .filter(record -> !setters(record).isEmpty())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
    Set<String> here =
        SETTINGS.stream().map(one -> one.getClass().getSimpleName()).collect(Collectors.toSet());
    assertEquals(found, here);
  }

  @TestFactory
  Stream<DynamicTest> aSetterSetsWhatItIsNamedAfterAndNothingElse() {
    return ofAll(setter -> true, SettersTest::setsItsOwn);
  }

  private static void setsItsOwn(Method setter, Record settings) {
    List<String> own =
        OTHER_COMPONENTS.getOrDefault(name(setter, settings), List.of(setter.getName()));
    Map<String, Object> before = components(settings);
    int changes = 0;
    for (int round = 0; round < 6; round++) {
      Object[] arguments = new Object[setter.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        List<?> values = values(setter.getParameterTypes()[i]);
        arguments[i] = values.get((round + i) % values.size());
      }
      Record changed;
      try {
        changed = call(setter, settings, arguments);
      } catch (IllegalArgumentException e) {
        continue;
      }
      Map<String, Object> after = components(changed);
      Map<String, Object> differences = new TreeMap<>(after);
      differences.entrySet().removeIf(e -> e.getValue().equals(before.get(e.getKey())));
      assertTrue(own.containsAll(differences.keySet()), own + " beside " + differences);
      changes += differences.size() == own.size() ? 1 : 0;
      if (own.equals(List.of(setter.getName())) && arguments.length == 1
          || own.size() == 2 && arguments.length == 2) {
        for (int i = 0; i < arguments.length; i++) {
          Object value = arguments[i] instanceof Object[] array ? List.of(array) : arguments[i];
          assertEquals(value, after.get(own.get(i)), own.get(i));
        }
      }
      assertEquals(before, components(settings), "they stay as they are");
    }
    assertTrue(changes > 0, "none of the values changes " + own);
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
        (setter, settings) ->
            assertThrows(
                NullPointerException.class, () -> call(setter, settings, new Object[] {null})));
  }
}
