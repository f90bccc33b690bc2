package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.series.CsvConfig;
import io.github.vqvae4j.data.series.CsvDecimal;
import io.github.vqvae4j.data.series.CsvMissing;
import io.github.vqvae4j.data.series.CsvPresence;
import io.github.vqvae4j.data.series.CsvSeries;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options for the format of a CSV file. */
final class CsvOptions {
  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      converter = ColumnName.class,
      description =
          "Columns of the CSV file, comma-separated; names that contain commas must be quoted, as"
              + " in '\"Temperature, inside\",Load'. Default: all except an index.")
  private String[] columns = {};

  @Option(
      names = "--separator",
      paramLabel = "C",
      converter = Separator.class,
      defaultValue = ",",
      description =
          "Field separator of the CSV file: a character such as ';', or tab, comma, semicolon."
              + " Default: comma.")
  private char separator;

  @Option(
      names = "--header",
      paramLabel = "H",
      defaultValue = "AUTO",
      description =
          "Whether the CSV file has a header: ${COMPLETION-CANDIDATES}. Default: AUTO, detected"
              + " from the first line.")
  private CsvPresence header;

  @Option(
      names = "--index",
      paramLabel = "I",
      defaultValue = "AUTO",
      description =
          "Whether the first column of the CSV file is an index: ${COMPLETION-CANDIDATES}. Default:"
              + " AUTO, an index if its name is empty.")
  private CsvPresence index;

  @Option(
      names = "--missing",
      paramLabel = "M",
      defaultValue = "REJECT",
      description =
          "How missing values in the CSV file are handled: ${COMPLETION-CANDIDATES}. Default:"
              + " ${DEFAULT-VALUE}.")
  private CsvMissing missing;

  @Option(
      names = "--decimal",
      paramLabel = "D",
      defaultValue = "AUTO",
      description =
          "Decimal separator in the CSV file: ${COMPLETION-CANDIDATES}. Default: AUTO, a point.")
  private CsvDecimal decimal;

  @Option(
      names = "--comments",
      arity = "1",
      paramLabel = "true|false",
      defaultValue = "true",
      description =
          "Whether lines of the CSV file that start with # are skipped. Default: ${DEFAULT-VALUE}.")
  private boolean comments;

  /** Reads a file. Error messages refer to these options. */
  Series read(Path file) throws IOException {
    try {
      return CsvSeries.read(
          file, new CsvConfig(separator, header, index, missing, decimal, comments), columns);
    } catch (BadFileException e) {
      throw new BadFileException(e.file(), e.location(), toOptionNames(e.problem()), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(toOptionNames(e.getMessage()), e);
    }
  }

  private static String toOptionNames(String problem) {
    return problem
        .replaceAll("CsvConfig\\.(\\w+)\\(([^)]*)\\)", "--$1 $2")
        .replace("CsvConfig.", "--")
        .replace("by name", "with --columns");
  }

  /** Converts a column name, which may be quoted. */
  static final class ColumnName implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      ArgumentEncoding.check(text);
      boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
      return quoted ? text.substring(1, text.length() - 1) : text;
    }
  }

  /** Converts a character, or the name of one that is hard to type. */
  static final class Separator implements ITypeConverter<Character> {
    private static final Map<String, Character> NAMES =
        Map.of("tab", '\t', "\\t", '\t', "comma", ',', "semicolon", ';');

    @Override
    public Character convert(String text) {
      ArgumentEncoding.check(text);
      Character named = NAMES.get(text);
      if (named == null && text.length() != 1) {
        throw new TypeConversionException(
            "expected one character such as ';', or tab, comma or semicolon, got '" + text + "'");
      }
      char separator = named == null ? text.charAt(0) : named;
      try {
        return CsvConfig.DEFAULT.separator(separator).separator();
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
