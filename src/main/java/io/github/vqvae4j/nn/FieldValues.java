package io.github.vqvae4j.nn;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the fields of a block and of those inside hold at one time, with the elements of arrays and
 * collections. Fields of classes that their module keeps closed are left out.
 */
final class FieldValues {
  private record Place(Block block, Field field) {}

  private final Map<Place, List<Object>> values = new LinkedHashMap<>();

  FieldValues(Block block) {
    Set<Block> blocks = new LinkedHashSet<>();
    collect(block, blocks);
    blocks.forEach(this::read);
  }

  private static void collect(Block block, Set<Block> blocks) {
    if (blocks.add(block)) {
      block.children().values().forEach(child -> collect(child, blocks));
    }
  }

  private void read(Block block) {
    for (Class<?> c = block.getClass(); c != Block.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && field.trySetAccessible()) {
          Place place = new Place(block, field);
          values.put(place, contents(place));
        }
      }
    }
  }

  private static List<Object> contents(Place place) {
    Object value;
    try {
      value = place.field.get(place.block);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // it was made accessible
    }
    List<Object> contents = new ArrayList<>();
    contents.add(value);
    if (value instanceof Collection<?> collection) {
      contents.addAll(collection);
    } else if (value instanceof Map<?, ?> map) {
      contents.addAll(map.keySet());
      contents.addAll(map.values());
    } else if (value != null && value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        contents.add(Array.get(value, i));
      }
    }
    return contents;
  }

  /** Returns the first field that was written since, as text. */
  Optional<String> written() {
    return values.entrySet().stream()
        .filter(entry -> !same(entry.getValue(), contents(entry.getKey())))
        .map(
            entry ->
                entry.getKey().field.getName() + " of " + BlockCheck.name(entry.getKey().block))
        .findFirst();
  }

  private static boolean same(List<Object> before, List<Object> now) {
    boolean same = before.size() == now.size();
    for (int i = 0; same && i < now.size(); i++) {
      same = same(before.get(i), now.get(i));
    }
    return same;
  }

  /** The same object, or an equal number: those of primitive fields are boxed at each reading. */
  private static boolean same(Object before, Object now) {
    boolean primitive = now instanceof Number || now instanceof Boolean || now instanceof Character;
    return before == now || primitive && now.equals(before);
  }
}
