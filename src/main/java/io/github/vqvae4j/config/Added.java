package io.github.vqvae4j.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record component that was added in a later file version, and supplies its value for older
 * files. The version of a record's files is the maximum version of its components, including those
 * of nested records.
 *
 * <pre>{@code
 * record Settings(int width, @Added(version = 2, value = "0.5") double dropout) {}
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Added {
  /**
   * Returns the first file version that has the component.
   *
   * @return one more than the highest previous version of any kind of file that contains the record
   */
  int version();

  /**
   * Returns the component's value for files of earlier versions.
   *
   * @return the value as JSON: {@code 0.5}, {@code "MEAN"} including the quotes, {@code []}; a
   *     record lists all its components
   */
  String value();
}
