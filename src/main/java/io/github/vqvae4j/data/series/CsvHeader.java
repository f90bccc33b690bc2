package io.github.vqvae4j.data.series;

import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The interpretation of the first line of a CSV file. */
final class CsvHeader {
  private static final String PANDAS_INDEX = "Unnamed: 0";
  private static final int MAX_NAMES = 20;
  private static final String COMMAS = "; if commas are decimal commas, ";

  private final Path file;
  private final long line;
  private final CsvConfig config;
  private final List<String> fields;
  private final boolean named;
  private final boolean indexed;

  /**
   * Interprets the first line.
   *
   * @param fields the stripped fields without those of trailing separators
   * @param byName whether columns are selected by name
   */
  CsvHeader(Path file, long line, List<String> fields, CsvConfig config, boolean byName)
      throws BadFileException {
    this.file = file;
    this.line = line;
    this.config = config;
    this.fields = fields;
    boolean unnamed =
        fields.size() > 1 && (fields.get(0).isEmpty() || fields.get(0).equals(PANDAS_INDEX));
    this.named =
        switch (config.header()) {
          case PRESENT -> true;
          case ABSENT -> false;
          case AUTO -> byName || isHeader(unnamed ? 1 : 0);
        };
    this.indexed =
        fields.size() > 1
            && switch (config.index()) {
              case PRESENT -> true;
              case ABSENT -> false;
              case AUTO -> named && unnamed;
            };
  }

  private boolean isHeader(int start) throws BadFileException {
    List<String> rest = fields.subList(start, fields.size());
    boolean numbers = rest.stream().anyMatch(CsvValue::isLikeNumber);
    boolean names =
        rest.stream()
            .anyMatch(field -> !CsvValue.isLikeNumber(field) && !CsvValue.isMissing(field));
    if (names) {
      return !numbers || start == 1;
    }
    for (int i = 0; i < rest.size(); i++) {
      if (!rest.get(i).equals(String.valueOf(i))) {
        return false;
      }
    }
    if (start == 0 && rest.size() < 3) {
      throw ambiguous();
    }
    return true;
  }

  /** Returns the exception for a first line that may contain names or samples. */
  BadFileException ambiguous() {
    return new BadFileException(
        file,
        "line " + line,
        "got "
            + names()
            + ", which may be column names or values; specify which with CsvConfig.header(PRESENT"
            + " or ABSENT)");
  }

  /**
   * Returns advice for a line with a different number of columns.
   *
   * @param columns the number of columns of the line
   * @param first whether no values precede it
   */
  String widthAdvice(int columns, char separator, boolean first) {
    String text = String.join(" ", fields);
    String advice = "correct it, or " + CsvValue.separatorAdvice(text, separator);
    if (CsvValue.otherSeparator(text, separator).isPresent()) {
      return advice + (separator == ',' ? COMMAS + "also use CsvConfig.decimal(COMMA)" : "");
    }
    if (separator == ',' && columns > width()) {
      advice +=
          COMMAS
              + (width() == 1
                  ? "use CsvConfig.separator(';') and CsvConfig.decimal(COMMA)"
                  : "export the table with another column separator");
    }
    if (first && named && columns == width() + 1) {
      advice +=
          "; if each line begins with a row name that has no field in the header, as written by R's"
              + " write.table, write the table with col.names=NA";
    }
    return first ? advice + CsvValue.startAdvice(config) : advice;
  }

  /** Returns further advice for a field that is not a number: its line may be the header. */
  String advice(CsvRecord other) {
    return !named && other.getStartingLineNumber() == line
        ? "; or use CsvConfig.header(PRESENT) if this line is the header"
        : "";
  }

  /** Returns whether the first line is a header. */
  boolean isNamed() {
    return named;
  }

  /** Returns whether the first column is an index. */
  boolean isIndexed() {
    return indexed;
  }

  /** Returns the number of columns, including the index. */
  int width() {
    return fields.size();
  }

  /**
   * Returns the columns to read as channels.
   *
   * @param selected the names, none for all
   * @param comments whether comments, which may contain the names, precede the first line
   */
  List<CsvColumn> columns(String[] selected, boolean comments, char separator)
      throws BadFileException {
    List<CsvColumn> columns = new ArrayList<>();
    for (String name : selected) {
      columns.add(column(find(name.strip(), comments, separator)));
    }
    for (int i = indexed ? 1 : 0; selected.length == 0 && i < fields.size(); i++) {
      columns.add(column(i));
    }
    return columns;
  }

  private CsvColumn column(int index) {
    String location = "column " + (index + 1);
    return new CsvColumn(
        index, named ? location + " (" + MessageText.excerpt(fields.get(index)) + ")" : location);
  }

  private int find(String name, boolean comments, char separator) throws BadFileException {
    int first = fields.indexOf(name);
    int last = fields.lastIndexOf(name);
    if (first < 0) {
      throw new BadFileException(
          file,
          "line " + line,
          "got the columns "
              + names()
              + ", expected one with the name "
              + MessageText.excerpt(name)
              + "; correct the name"
              + (width() == 1 ? ", or " + CsvValue.separatorAdvice(fields.get(0), separator) : "")
              + CsvValue.startAdvice(config)
              + (comments && config.comments()
                  ? "; lines that begin with # were skipped, use CsvConfig.comments(false) if one"
                      + " of them is the header"
                  : ""));
    }
    if (first != last) {
      throw new BadFileException(
          file,
          "line " + line,
          "got the name "
              + MessageText.excerpt(name)
              + " for columns "
              + (first + 1)
              + " and "
              + (last + 1)
              + ", expected unique names; rename one of them");
    }
    return first;
  }

  private String names() {
    List<String> shown =
        fields.stream()
            .limit(MAX_NAMES)
            .map(MessageText::excerpt)
            .map(name -> name.indexOf(',') < 0 ? name : '"' + name + '"')
            .toList();
    return fields.size() > MAX_NAMES
        ? shown.toString().replaceFirst("]$", ", ..]")
        : shown.toString();
  }
}
