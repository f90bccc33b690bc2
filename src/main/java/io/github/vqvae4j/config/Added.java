package io.github.vqvae4j.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record's component that files of earlier versions do not have. The largest version among
 * the components of a record, and of the records in it, is that of its files.
 *
 * <pre>{@code
 * record Settings(int width, @Added(version = 2, value = "0.5") double share) {}
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Added {
  /**
   * The first version whose files have the component.
   *
   * @return one more than the version until then of any kind of file that the record is in
   */
  int version();

  /**
   * What it is in a file of an earlier version.
   *
   * @return JSON, a record with all its components: {@code 0.5}, {@code "MEAN"} with its quotes,
   *     {@code []}
   */
  String value();
}
