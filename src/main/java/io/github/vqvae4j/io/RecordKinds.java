package io.github.vqvae4j.io;

import java.util.Map;

/**
 * The records that a component of an interface type may have in JSON, each under the name of its
 * kind.
 */
public interface RecordKinds {
  /**
   * Returns the name of a kind.
   *
   * @param type the class of a record
   * @return the name
   * @throws IllegalArgumentException if it has none
   */
  String name(Class<?> type);

  /**
   * Returns the kinds of a component.
   *
   * @param type the type of the component, an interface
   * @return the classes of the records by name; empty if components may not have this type
   */
  Map<String, Class<? extends Record>> ofType(Class<?> type);
}
