package io.github.vqvae4j.data;

/** Whether a CSV file has a header or an index; see {@link CsvConfig}. */
public enum CsvPresence {
  /** Detected from the file by the rules in {@link CsvConfig}. */
  AUTO,
  /** The file has one. */
  PRESENT,
  /** The file has none. */
  ABSENT
}
