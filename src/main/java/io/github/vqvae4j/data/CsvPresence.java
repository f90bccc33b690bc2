package io.github.vqvae4j.data;

/** Whether a CSV file has a header, or an index; see {@link CsvConfig}. */
public enum CsvPresence {
  /** The file decides, by the rule that {@link CsvConfig} states. */
  AUTO,
  /** It has one. */
  PRESENT,
  /** It has none. */
  ABSENT
}
