package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.CsvConfig;
import io.github.vqvae4j.data.CsvDecimal;
import io.github.vqvae4j.data.CsvMissing;
import io.github.vqvae4j.data.CsvPresence;
import io.github.vqvae4j.data.CsvSeries;
import io.github.vqvae4j.data.Series;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a CSV file is read. */
final class CsvOptions {
  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      converter = ColumnName.class,
      description =
          "Columns of a CSV file, with commas between; names that hold commas in double quotes, as"
              + " '\"Temperature, inside\",Load'. Default: all but an index.")
  private String[] columns = {};

  @Option(
      names = "--separator",
      paramLabel = "C",
      converter = Separator.class,
      defaultValue = ",",
      description =
          "Between the fields of a CSV file: a character such as ';', or tab, comma, semicolon."
              + " Default: a comma.")
  private char separator;

  @Option(
      names = "--header",
      paramLabel = "H",
      defaultValue = "AUTO",
      description =
          "Whether the first line of a CSV file names the columns: ${COMPLETION-CANDIDATES}."
              + " Default: as it looks.")
  private CsvPresence header;

  @Option(
      names = "--index",
      paramLabel = "I",
      defaultValue = "AUTO",
      description =
          "Whether the first column of a CSV file holds no samples: ${COMPLETION-CANDIDATES}."
              + " Default: if it has no name.")
  private CsvPresence index;

  @Option(
      names = "--missing",
      paramLabel = "M",
      defaultValue = "REJECT",
      description =
          "What becomes of missing values in a CSV file: ${COMPLETION-CANDIDATES}. Default:"
              + " ${DEFAULT-VALUE}.")
  private CsvMissing missing;

  @Option(
      names = "--decimal",
      paramLabel = "D",
      defaultValue = "AUTO",
      description =
          "What separates the digits of numbers in a CSV file: ${COMPLETION-CANDIDATES}. Default:"
              + " a point.")
  private CsvDecimal decimal;

  @Option(
      names = "--comments",
      arity = "1",
      paramLabel = "true|false",
      defaultValue = "true",
      description =
          "Whether lines of a CSV file that begin with # are skipped. Default: ${DEFAULT-VALUE}.")
  private boolean comments;

  /** Reads a file; what is wrong with it is said in terms of these options. */
  Series read(Path file) throws IOException {
    try {
      return CsvSeries.read(
          file, new CsvConfig(separator, header, index, missing, decimal, comments), columns);
    } catch (BadFileException e) {
      throw new BadFileException(e.file(), e.place(), inOptions(e.problem()), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(inOptions(e.getMessage()), e);
    }
  }

  private static String inOptions(String problem) {
    return problem
        .replaceAll("CsvConfig\\.(\\w+)\\(([^)]*)\\)", "--$1 $2")
        .replace("CsvConfig.", "--")
        .replace("by name", "with --columns");
  }

  /** A name, which double quotes may be around. */
  static final class ColumnName implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      LostLetters.check(text);
      boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
      return quoted ? text.substring(1, text.length() - 1) : text;
    }
  }

  /** A character, or the name of one that is hard to type. */
  static final class Separator implements ITypeConverter<Character> {
    private static final Map<String, Character> NAMES =
        Map.of("tab", '\t', "\\t", '\t', "comma", ',', "semicolon", ';');

    @Override
    public Character convert(String text) {
      LostLetters.check(text);
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
