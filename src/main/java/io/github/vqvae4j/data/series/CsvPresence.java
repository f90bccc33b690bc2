package io.github.vqvae4j.data.series;

/** The presence of a header or an index in a CSV file; see {@link CsvConfig}. */
public enum CsvPresence {
  /** Detected from the file by the rules in {@link CsvConfig}. */
  AUTO,
  /** The file has one. */
  PRESENT,
  /** The file has none. */
  ABSENT
}
