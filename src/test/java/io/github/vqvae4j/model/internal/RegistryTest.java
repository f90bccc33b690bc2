package io.github.vqvae4j.model.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.config.Added;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvEncoderConfig;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.random.Rng;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What can be registered. {@link RegisteredModelsTest} saves and loads what was registered. */
class RegistryTest {
  private final Registry registry = new Registry(List.of(new LibraryEntries()));

  private record Pixels(int channels) implements Encoder.Config {
    @Override
    public Encoder build(int dimension, Rng rng) {
      throw new UnsupportedOperationException();
    }
  }

  private record OnDisk(Pixels pixels, List<Path> files) implements Encoder.Config {
    @Override
    public Encoder build(int dimension, Rng rng) {
      throw new UnsupportedOperationException();
    }
  }

  private record Extended(@Added(version = 5, value = "1") int channels) implements Encoder.Config {
    @Override
    public Encoder build(int dimension, Rng rng) {
      throw new UnsupportedOperationException();
    }
  }

  private record Unrelated(int size) {}

  private record OwnVqVae(Encoder.Config encoder, Unrelated model)
      implements ImageModel.Config<VqVae> {
    @Override
    public VqVae build() {
      throw new UnsupportedOperationException();
    }
  }

  private record OnDiskModel(OnDisk model) implements ImageModel.Config<ImageModel> {
    @Override
    public ImageModel build() {
      throw new UnsupportedOperationException();
    }
  }

  private record NamedModel(String name) implements ImageModel.Config<ImageModel> {
    @Override
    public ImageModel build() {
      throw new UnsupportedOperationException();
    }
  }

  private void assertRejected(String name, Class<? extends Record> settings, String... parts) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> registry.register(name, settings)),
        parts);
    assertEquals(Optional.empty(), registry.ofSettings(Pixels.class));
  }

  @Test
  void registeredSettingsAreFoundByTypeAndByName() {
    registry.register("acme-pixels", Pixels.class);
    assertEquals("acme-pixels", registry.ofSettings(Pixels.class).orElseThrow().name());
    assertEquals(Pixels.class, registry.ofType(Encoder.Config.class).get("acme-pixels"));
    assertEquals(VqVae.class, registry.models().get("vq-vae").model());
    assertEquals(ModelSettings.FIRST, registry.version());
  }

  @Test
  void takenNameIsRejected() {
    assertRejected(
        "conv-encoder",
        Pixels.class,
        "expected a new name",
        "got \"conv-encoder\" for " + Pixels.class.getName(),
        "already registered: \"conv-encoder\" for " + ConvEncoderConfig.class.getName(),
        "a name of its own");
    assertRejected("vq-vae", Pixels.class, "already registered: \"vq-vae\"");
  }

  @Test
  void settingsAndModelsHaveOneName() {
    assertRejected("other", ConvEncoderConfig.class, "already registered: \"conv-encoder\"");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> registry.register("other", VqVae.class, OwnVqVae.class)),
        "already registered: \"vq-vae\"");
  }

  @Test
  void invalidNamesAreRejected() {
    for (String name : new String[] {null, "", "custom", "Upper", "a b", "a.b", "x".repeat(65)}) {
      assertRejected(name, Pixels.class, "expected a name of at most 64", "got " + name + ".");
    }
  }

  @Test
  void settingsThatAreNoJsonAreRejected() {
    assertRejected(
        "on-disk",
        OnDisk.class,
        "expected settings that can be written as JSON, got " + OnDisk.class.getName(),
        "files[]: expected a component of type boolean, int,",
        "got java.nio.file.Path");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> registry.register("on-disk", ImageModel.class, OnDiskModel.class)),
        "can be written as JSON, got " + OnDiskModel.class.getName());
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> registry.register("named", ImageModel.class, NamedModel.class)),
        "expected components of type Encoder.Config, Decoder.Config, Quantizer.Config or a record",
        "got java.lang.String name of " + NamedModel.class.getName());
  }

  @Test
  void settingsOfNoPartAreRejected() {
    assertRejected(
        "unrelated",
        Unrelated.class,
        "expected a record that implements Encoder.Config, Decoder.Config or Quantizer.Config",
        Unrelated.class.getName());
  }

  @Test
  void versionsOfComponentsAreThoseOfTheLibrary() {
    assertRejected("extended", Extended.class, "without @Added", "under another name");
  }

  @Test
  void registrationAfterTheFirstLoadIsRejected() {
    registry.makeReadOnly();
    assertMessageContains(
        assertThrows(
            IllegalStateException.class, () -> registry.register("acme-pixels", Pixels.class)),
        "before the first model is loaded, got \"acme-pixels\" after it",
        "Register it earlier, at the start of the program");
  }

  @Test
  void missingServiceFileIsNamedInTheError() {
    RegistryEntries other = entries -> entries.register("acme-pixels", Pixels.class);
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> new Registry(List.of(other))),
        "expected the entries of vqvae4j, got [acme-pixels]",
        "META-INF/services/io.github.vqvae4j.model.internal.RegistryEntries",
        "ServicesResourceTransformer");
  }
}
