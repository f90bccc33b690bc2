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
 * A snapshot of the field values of a block and its descendants, including the elements of arrays
 * and collections. Fields that reflection cannot access are ignored.
 */
final class FieldSnapshot {
  private record FieldOfBlock(Block block, Field field) {}

  private final Map<FieldOfBlock, List<Object>> values = new LinkedHashMap<>();

  FieldSnapshot(Block block) {
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
          FieldOfBlock key = new FieldOfBlock(block, field);
          values.put(key, contents(key));
        }
      }
    }
  }

  private static List<Object> contents(FieldOfBlock key) {
    Object value;
    try {
      value = key.field.get(key.block);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // the field was made accessible
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

  /** Returns a description of the first field that has changed since the snapshot. */
  Optional<String> firstChange() {
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

  /** Compares by identity, except for values of primitive fields, which are boxed on each read. */
  private static boolean same(Object before, Object now) {
    boolean primitive = now instanceof Number || now instanceof Boolean || now instanceof Character;
    return before == now || primitive && now.equals(before);
  }
}
