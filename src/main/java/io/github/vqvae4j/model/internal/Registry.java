package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.RecordKinds;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.ModelRegistry;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.quantize.Quantizer;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models, encoders, decoders and quantizers that model files may name, of the library and of
 * its users ({@link ModelRegistry}): a name, and a record of settings that builds the object.
 * Read-only once a file has been read.
 */
public final class Registry implements RecordKinds {
  /**
   * An entry.
   *
   * @param settings the type of the settings
   * @param model the type that the settings build if it is a model, otherwise null
   */
  record Entry(String name, Class<? extends Record> settings, Class<? extends ImageModel> model) {}

  /** The settings of the parts of a model. */
  private static final List<Class<?>> PARTS =
      List.of(Encoder.Config.class, Decoder.Config.class, Quantizer.Config.class);

  private static final String REGISTER = "ModelRegistry.register";

  /** What to do about an unknown name in a file. */
  static final String HOW =
      "if it is of your own, call " + REGISTER + " at the start of the program";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

  private static Registry instance;

  private final Map<String, Entry> entries = new TreeMap<>();

  /** The format version of new files; 0 until the library's entries are registered. */
  private final int version;

  private boolean isReadOnly;

  /** Creates a registry of the entries that come with the jars. */
  Registry(Iterable<RegistryEntries> providers) {
    boolean isComplete = false;
    for (RegistryEntries provider : providers) {
      provider.addTo(this);
      isComplete |= provider instanceof LibraryEntries;
    }
    if (!isComplete) {
      throw new IllegalStateException(
          "ModelRegistry: expected the entries of vqvae4j, got "
              + entries.keySet()
              + ". The class path has no META-INF/services/"
              + RegistryEntries.class.getName()
              + " that names "
              + LibraryEntries.class.getName()
              + ". If several jars were combined into one, merge their service files; the shade"
              + " plugin does so with its ServicesResourceTransformer.");
    }
    version =
        entries.values().stream()
            .mapToInt(Registry::version)
            .reduce(ModelSettings.FIRST, Math::max);
  }

  private static int version(Entry entry) {
    return RecordJson.version(entry.settings());
  }

  /** Returns the registry of this process. */
  public static synchronized Registry instance() {
    if (instance == null) {
      ClassLoader loader = Registry.class.getClassLoader();
      instance = new Registry(ServiceLoader.load(RegistryEntries.class, loader));
    }
    return instance;
  }

  /** See {@link ModelRegistry#register(String, Class)}. */
  public void register(String name, Class<? extends Record> settings) {
    Require.nonNull(Class.class, REGISTER, settings);
    Require.that(
        PARTS.stream().anyMatch(part -> part.isAssignableFrom(settings)),
        REGISTER,
        "a record that implements Encoder.Config, Decoder.Config or Quantizer.Config",
        settings.getName());
    checkJson(settings, settings);
    add(new Entry(name, settings, null));
  }

  /** See {@link ModelRegistry#register(String, Class, Class)}. */
  public <M extends ImageModel, S extends Record & ImageModel.Config<M>> void register(
      String name, Class<M> model, Class<S> settings) {
    Require.nonNull(Class.class, REGISTER, model);
    Require.nonNull(Class.class, REGISTER, settings);
    for (RecordComponent component : settings.getRecordComponents()) {
      Class<?> type = component.getType();
      if (type.isRecord()) {
        checkJson(settings, type.asSubclass(Record.class));
      } else {
        Require.that(
            PARTS.contains(type),
            REGISTER,
            "components of type Encoder.Config, Decoder.Config, Quantizer.Config or a record",
            component + " of " + settings.getName());
      }
    }
    add(new Entry(name, settings, model));
  }

  /** Checks settings that files contain. */
  private void checkJson(Class<?> registered, Class<? extends Record> settings) {
    try {
      RecordJson.checkType(settings, PARTS);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          REGISTER
              + ": expected settings that can be written as JSON, got "
              + registered.getName()
              + ": "
              + e.getMessage(),
          e);
    }
    Require.that(
        version == 0 || RecordJson.version(settings) == 1,
        REGISTER,
        "settings without @Added, whose versions are those of the library's files",
        registered.getName(),
        "register the changed settings under another name");
  }

  private synchronized void add(Entry added) {
    String name = added.name();
    Require.that(
        name != null && NAME.matcher(name).matches() && !name.equals(ModelSettings.CUSTOM),
        REGISTER,
        "a name of at most 64 lower-case letters, digits and hyphens, other than "
            + ModelSettings.CUSTOM,
        name);
    if (isReadOnly) {
      throw new IllegalStateException(
          REGISTER
              + ": expected all registrations before the first model is loaded, got \""
              + name
              + "\" after it. Register it earlier, at the start of the program.");
    }
    for (Entry entry : entries.values()) {
      if (entry.name().equals(name)
          || entry.settings() == added.settings()
          || sameModel(entry, added)) {
        throw new IllegalArgumentException(
            REGISTER
                + ": expected a new name for new settings, got \""
                + name
                + "\" for "
                + added.settings().getName()
                + "; already registered: \""
                + entry.name()
                + "\" for "
                + entry.settings().getName()
                + ". Register each kind once, under a name of its own.");
      }
    }
    entries.put(name, added);
  }

  private static boolean sameModel(Entry one, Entry other) {
    return one.model() != null && one.model() == other.model();
  }

  /** Returns the format version of new files. */
  int version() {
    return version;
  }

  /** Ends registration, since a file is read. */
  synchronized void makeReadOnly() {
    isReadOnly = true;
  }

  /** Returns the entry of settings. */
  synchronized Optional<Entry> ofSettings(Class<?> settings) {
    return entries.values().stream().filter(entry -> entry.settings() == settings).findFirst();
  }

  /** Returns whether settings, and those of parts in them, are registered. */
  boolean isSaved(Object settings) {
    return ofSettings(settings.getClass()).isPresent()
        && Stream.of(Records.values((Record) settings))
            .flatMap(value -> value instanceof List<?> list ? list.stream() : Stream.of(value))
            .filter(value -> PARTS.stream().anyMatch(part -> part.isInstance(value)))
            .allMatch(this::isSaved);
  }

  @Override
  public String name(Class<?> type) {
    return ofSettings(type)
        .map(Entry::name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    REGISTER + ": expected registered settings, got " + type.getName() + "."));
  }

  /** Returns the entry of a type of models. */
  synchronized Optional<Entry> ofModel(Class<?> model) {
    return entries.values().stream().filter(entry -> entry.model() == model).findFirst();
  }

  /**
   * Returns the settings of a type by name, in the order of the names.
   *
   * @param type the type of the settings of a part, such as {@code Encoder.Config}
   */
  @Override
  public synchronized Map<String, Class<? extends Record>> ofType(Class<?> type) {
    Map<String, Class<? extends Record>> found = new TreeMap<>();
    for (Entry entry : entries.values()) {
      if (type.isAssignableFrom(entry.settings())) {
        found.put(entry.name(), entry.settings());
      }
    }
    return found;
  }

  /** Returns the entries of models by name, in the order of the names. */
  synchronized Map<String, Entry> models() {
    Map<String, Entry> models = new TreeMap<>(entries);
    models.values().removeIf(entry -> entry.model() == null);
    return models;
  }

  /**
   * Checks what settings have built.
   *
   * @throws IllegalStateException if it is null
   */
  static <T> T checkBuilt(Object settings, T built) {
    if (built == null) {
      throw new IllegalStateException(
          nestedName(settings.getClass())
              + ".build: expected a new instance, got null. Return what the settings describe.");
    }
    return built;
  }

  /**
   * Checks what the settings of a part have built.
   *
   * @param settings the settings, registered or not
   * @param saved returns the settings that are saved with the part
   * @throws IllegalStateException if it is null, or if registered settings would not be saved
   */
  public static <T> T checkBuilt(Object settings, T built, Function<T, Optional<?>> saved) {
    checkBuilt(settings, built);
    boolean isRegistered = instance().ofSettings(settings.getClass()).isPresent();
    Optional<?> config = isRegistered ? saved.apply(built) : Optional.empty();
    if (isRegistered && !config.equals(Optional.of(settings))) {
      boolean sameName =
          config.stream()
              .map(Object::getClass)
              .anyMatch(
                  c ->
                      c != settings.getClass()
                          && nestedName(c).equals(nestedName(settings.getClass())));
      throw new IllegalStateException(
          nestedName(settings.getClass())
              + ".build: expected a "
              + nestedName(built.getClass())
              + " whose config() returns these settings, "
              + description(settings, sameName)
              + ", which are saved with the model, got "
              + config.map(got -> description(got, sameName)).orElse("none")
              + ". Override config() in "
              + nestedName(built.getClass())
              + " to return what build was called on.");
    }
    return built;
  }

  /** Returns the name of a class with those that it is nested in: {@code PatchEncoder.Config}. */
  private static String nestedName(Class<?> type) {
    String name = type.getName();
    return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
  }

  /** Returns settings as text, whose class has its full name if another has the same one. */
  private static String description(Object settings, boolean withPackage) {
    Class<?> type = settings.getClass();
    String simple = type.getSimpleName();
    String text = settings.toString();
    String name = withPackage ? type.getName() : nestedName(type);
    return text.startsWith(simple + "[")
        ? name + text.substring(simple.length())
        : name + " " + text;
  }
}
