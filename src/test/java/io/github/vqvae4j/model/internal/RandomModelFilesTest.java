package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.AutoencoderConfig;
import io.github.vqvae4j.model.vae.Likelihood;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vae.VaeConfig;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.model.vqvae.VqVae2Config;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.quantize.BinaryQuantizer;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.LatentQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.StageDropout;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Saves and loads models with random settings. Every component of every settings record is varied.
 */
class RandomModelFilesTest {
  private static final int ROUNDS = 150;

  /** One example of each kind of component. */
  private static final List<Record> EXAMPLES =
      List.of(
          ConvEncoder.channels(1).hidden(4),
          ConvDecoder.channels(1).hidden(4),
          ConvEncoder.channels(1).hidden(4).vector(8, 8),
          ConvDecoder.channels(1).hidden(4).vector(8, 8),
          SeriesEncoder.channels(1).hidden(4),
          SeriesDecoder.channels(1).hidden(4),
          StridedEncoder.channels(1).widths(2, 3),
          StridedDecoder.channels(1).widths(2, 3),
          DenseEncoder.images(3, 2, 1).hidden(3),
          DenseDecoder.images(3, 2, 1).hidden(3),
          VectorQuantizer.ema(4, 3),
          FiniteScalarQuantizer.symmetric(4, 3),
          LookupFreeQuantizer.bits(3),
          SimVectorQuantizer.codes(4, 3),
          IndexBackpropagationQuantizer.codes(4, 3),
          GroupedQuantizer.of(2, VectorQuantizer.ema(4, 3)),
          ResidualQuantizer.of(2, VectorQuantizer.ema(4, 3)),
          ProjectedQuantizer.of(5, VectorQuantizer.ema(4, 3)),
          LatentQuantizer.levels(4, 3),
          BinaryQuantizer.bits(3),
          new AutoencoderConfig(3),
          new VqVae2Config(1, 4, List.of(1, 1), ResidualConfig.of(1, 2), Initializer.TORCH),
          new VaeConfig(List.of(2, 4, 3), Likelihood.gaussian(0.5), 1, 0));

  @TempDir private Path folder;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /** The values that each record component had. */
  private final Map<String, Set<Object>> values = new TreeMap<>();

  private int below(int limit) {
    return random.nextInt(limit);
  }

  /**
   * Returns settings of a type with every component drawn at random, as far as the record accepts
   * them.
   */
  private <T> T any(Class<T> type) {
    List<Record> examples = EXAMPLES.stream().filter(type::isInstance).toList();
    Record drawn = vary(examples.get(below(examples.size())));
    note(drawn);
    return type.cast(drawn);
  }

  private Record vary(Record settings) {
    Record varied = settings;
    // Twice, since the valid values of a component depend on others.
    for (int round = 0; round < 2; round++) {
      Object[] before = Records.values(varied);
      RecordComponent[] components = settings.getClass().getRecordComponents();
      for (int i = 0; i < components.length; i++) {
        varied = with(varied, components[i], before[i]);
      }
    }
    return varied;
  }

  private Record with(Record settings, RecordComponent component, Object before) {
    for (int attempt = 0; attempt < 10; attempt++) {
      try {
        return Records.with(
            settings, component.getName(), draw(component.getGenericType(), before));
      } catch (IllegalArgumentException e) {
        continue; // Invalid in combination with the other components.
      }
    }
    return settings;
  }

  private Object draw(Type type, Object before) {
    if (before instanceof StageDropout) {
      return dropout();
    }
    if (before instanceof Record record) {
      return vary(record);
    }
    if (type.getTypeName().contains("Quantizer$Config")) {
      return stages();
    }
    if (type instanceof ParameterizedType list) {
      Type element = list.getActualTypeArguments()[0];
      return Stream.generate(() -> draw(element, null)).limit(below(4)).toList();
    }
    if (type == int.class || type == Integer.class) {
      return below(9);
    }
    if (type == long.class) {
      return random.nextLong(1L << 60);
    }
    if (type == double.class) {
      return below(3) == 0 ? 0.0 : random.nextDouble(); // 0 often switches an option off
    }
    if (type == boolean.class) {
      return random.nextBoolean();
    }
    Object[] constants = ((Class<?>) type).getEnumConstants();
    return constants[below(constants.length)];
  }

  private StageDropout dropout() {
    return switch (below(4)) {
      case 0 -> StageDropout.NONE;
      case 1 -> StageDropout.perStep(below(3), 1 + below(3));
      case 2 -> StageDropout.perExample(random.nextDouble());
      default -> StageDropout.choice(1 + below(3));
    };
  }

  /** Returns stages of the same dimension, which may be equal. */
  private List<Record> stages() {
    VectorQuantizerConfig first = stage();
    return below(2) == 0
        ? Collections.nCopies(1 + below(3), first)
        : List.of(first, stage(), stage());
  }

  private VectorQuantizerConfig stage() {
    VectorQuantizerConfig varied = (VectorQuantizerConfig) vary(VectorQuantizer.ema(4, 3));
    return Records.with(varied, "dimension", 3)
        .temperature(0)
        .distance(VectorQuantizerConfig.Distance.EUCLIDEAN)
        .estimator(VectorQuantizerConfig.Estimator.STRAIGHT_THROUGH)
        .affine(false)
        .onlineClustering(false);
  }

  private void note(Record settings) {
    Object[] componentValues = Records.values(settings);
    RecordComponent[] components = settings.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      String name = settings.getClass().getSimpleName() + "." + components[i].getName();
      values.computeIfAbsent(name, none -> new HashSet<>()).add(componentValues[i]);
      if (componentValues[i] instanceof Record nested) {
        note(nested);
      }
    }
  }

  /** Returns the types of the settings that a model file may contain. */
  private static Stream<Class<?>> registered() {
    Registry registry = Registry.instance();
    return Stream.concat(
        Stream.of(Encoder.Config.class, Decoder.Config.class, Quantizer.Config.class)
            .flatMap(part -> registry.ofType(part).values().stream()),
        registry.models().values().stream()
            .flatMap(model -> Stream.of(model.settings().getRecordComponents()))
            .map(RecordComponent::getType)
            .filter(Class::isRecord));
  }

  /** Returns all record components that a model file may contain. */
  private static Set<String> components(Stream<Class<?>> types) {
    Set<String> names = new HashSet<>();
    types.forEach(
        type -> {
          for (RecordComponent component : type.getRecordComponents()) {
            names.add(type.getSimpleName() + "." + component.getName());
            if (component.getType().isRecord()) {
              names.addAll(components(Stream.of(component.getType())));
            }
          }
        });
    return names;
  }

  private interface Loader<M> {
    M load(Path file) throws IOException;
  }

  private void assertLoadedAsSaved(ImageModel saved, Loader<ImageModel> loader) throws IOException {
    Path file = folder.resolve("model.safetensors");
    String message = "seed " + seed + ", " + saved.settings();
    saved.save(file);
    try (ImageModel loaded = loader.load(file)) {
      assertEquals(saved.settings(), loaded.settings(), message);
      Map<String, Variable> expected = saved.variables();
      Map<String, Variable> actual = loaded.variables();
      assertEquals(new ArrayList<>(expected.keySet()), new ArrayList<>(actual.keySet()), message);
      expected.forEach(
          (name, variable) -> {
            Variable other = actual.get(name);
            assertArrayEquals(variable.shape(), other.shape(), name + ", " + message);
            assertArrayEquals(variable.toFloats(), other.toFloats(), name + ", " + message);
          });
    }
  }

  @Test
  void loadedModelEqualsTheSavedOneForAnySettings() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      try (VqVae saved =
          VqVae.builder()
              .encoder(any(Encoder.Config.class))
              .quantizer(any(Quantizer.Config.class))
              .decoder(any(Decoder.Config.class))
              .seed(round)
              .build()) {
        assertLoadedAsSaved(saved, VqVae::load);
      }
      try (VqVae2 saved =
          VqVae2.builder(any(VqVae2Config.class))
              .quantizer(any(Quantizer.Config.class))
              .seed(round)
              .build()) {
        assertLoadedAsSaved(saved, VqVae2::load);
      }
      VaeConfig vae = any(VaeConfig.class);
      try (Vae saved =
          Vae.builder()
              .encoder(any(Encoder.Config.class))
              .decoder(any(Decoder.Config.class))
              .latent(vae.latent().toArray(Integer[]::new))
              .likelihood(vae.likelihood())
              .beta(vae.beta())
              .klWarmUp(vae.warmUp())
              .build()) {
        assertLoadedAsSaved(saved, Vae::load);
      }
      try (Autoencoder saved =
          Autoencoder.builder()
              .encoder(any(Encoder.Config.class))
              .decoder(any(Decoder.Config.class))
              .dimension(any(AutoencoderConfig.class).dimension())
              .build()) {
        assertLoadedAsSaved(saved, Autoencoder::load);
      }
    }
    assertEquals(components(registered()), values.keySet());
    values.forEach((name, drawn) -> assertTrue(drawn.size() > 1, name + " was always " + drawn));
  }
}
