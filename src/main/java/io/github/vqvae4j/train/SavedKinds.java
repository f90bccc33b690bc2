package io.github.vqvae4j.train;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordJson;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The library's optimizers and schedules in a checkpoint: a kind and its settings, as JSON. Others
 * have the kind {@code custom}, and no settings: a file names no classes.
 */
final class SavedKinds {
  private static final String KIND = "kind";
  private static final String SETTINGS = "settings";
  private static final String CUSTOM = "custom";
  private static final String ADAM = "adam";
  private static final String ADAM_W = "adamW";
  private static final String SGD = "sgd";
  private static final String THEN = "then";
  private static final String FIRST = "first";
  private static final String NEXT = "next";

  /** The schedules that do not consist of others. */
  private static final Map<String, Class<? extends Record>> SCHEDULES =
      new TreeMap<>(
          Map.of(
              "default", DefaultSchedule.class,
              "constant", ConstantSchedule.class,
              "warmUp", WarmUpSchedule.class,
              "cosine", CosineSchedule.class,
              "multiStep", MultiStepSchedule.class));

  /** The settings of {@link Schedule#then}. */
  private record Then(long lastStep) {}

  private SavedKinds() {}

  static JsonObject of(Optimizer optimizer) {
    if (optimizer instanceof Adam adam) {
      return json(ADAM, adam.saved());
    }
    if (optimizer instanceof AdamW adamW) {
      return json(ADAM_W, adamW.saved());
    }
    return optimizer instanceof Sgd sgd ? json(SGD, sgd.saved()) : custom();
  }

  /**
   * Returns a new optimizer; empty for one of a user.
   *
   * @throws IllegalArgumentException if the object was not returned by {@link #of(Optimizer)}
   */
  static Optional<Optimizer> optimizer(JsonObject json) {
    String kind = kind(json);
    return switch (kind) {
      case ADAM -> Optional.of(settings(json, Adam.Saved.class).build());
      case ADAM_W -> Optional.of(settings(json, AdamW.Saved.class).build());
      case SGD -> Optional.of(settings(json, Sgd.Saved.class).build());
      case CUSTOM -> Optional.empty();
      default -> throw unknown(kind);
    };
  }

  static JsonObject of(Schedule schedule) {
    if (schedule instanceof SequentialSchedule sequence) {
      JsonObject first = of(sequence.first());
      JsonObject next = of(sequence.next());
      if (kind(first).equals(CUSTOM) || kind(next).equals(CUSTOM)) {
        return custom();
      }
      JsonObject json = json(THEN, new Then(sequence.lastStep()));
      json.add(FIRST, first);
      json.add(NEXT, next);
      return json;
    }
    for (Map.Entry<String, Class<? extends Record>> entry : SCHEDULES.entrySet()) {
      if (entry.getValue().isInstance(schedule)) {
        return json(entry.getKey(), (Record) schedule);
      }
    }
    return custom();
  }

  /**
   * Returns a schedule; empty for one of a user.
   *
   * @throws IllegalArgumentException if the object was not returned by {@link #of(Schedule)}
   */
  static Optional<Schedule> schedule(JsonObject json) {
    String kind = kind(json);
    if (kind.equals(CUSTOM)) {
      return Optional.empty();
    }
    return Optional.of(known(kind, json));
  }

  private static Schedule known(String kind, JsonObject json) {
    if (kind.equals(THEN)) {
      JsonObject first = object(json, FIRST);
      JsonObject next = object(json, NEXT);
      return known(kind(first), first)
          .then(settings(json, Then.class).lastStep, known(kind(next), next));
    }
    Class<? extends Record> type = SCHEDULES.get(kind);
    if (type == null) {
      throw unknown(kind);
    }
    return (Schedule) settings(json, type);
  }

  private static JsonObject json(String kind, Record settings) {
    JsonObject json = new JsonObject();
    json.addProperty(KIND, kind);
    json.add(SETTINGS, RecordJson.toJson(settings));
    return json;
  }

  private static JsonObject custom() {
    JsonObject json = new JsonObject();
    json.addProperty(KIND, CUSTOM);
    return json;
  }

  private static String kind(JsonObject json) {
    JsonElement kind = json.get(KIND);
    if (!(kind instanceof JsonPrimitive text && text.isString())) {
      throw new IllegalArgumentException(KIND + ": expected a string, got " + kind);
    }
    return kind.getAsString();
  }

  private static <R extends Record> R settings(JsonObject json, Class<R> type) {
    return RecordJson.fromJson(object(json, SETTINGS), type);
  }

  private static JsonObject object(JsonObject json, String name) {
    if (!(json.get(name) instanceof JsonObject object)) {
      throw new IllegalArgumentException(name + ": expected an object, got " + json.get(name));
    }
    return object;
  }

  private static IllegalArgumentException unknown(String kind) {
    return new IllegalArgumentException(
        KIND
            + ": unknown \""
            + MessageText.excerpt(kind)
            + "\"; resume the run with the version of vqvae4j that wrote it");
  }
}
