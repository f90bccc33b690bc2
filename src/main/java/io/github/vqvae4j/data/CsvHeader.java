package io.github.vqvae4j.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the first line of a CSV file says of its columns. */
final class CsvHeader {
  private static final String PANDAS_INDEX = "Unnamed: 0";
  private static final int SHOWN_NAMES = 20;
  private static final String COMMAS = "; where commas are decimal commas, ";

  private final Path file;
  private final long line;
  private final CsvConfig config;
  private final List<String> fields;
  private final boolean named;
  private final boolean indexed;

  /**
   * Decides by the first line.
   *
   * @param fields stripped; without those of trailing separators
   * @param byName whether columns are chosen by their names
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

  private boolean isHeader(int from) throws BadFileException {
    List<String> rest = fields.subList(from, fields.size());
    boolean numbers = rest.stream().anyMatch(CsvValue::isLikeNumber);
    boolean names =
        rest.stream()
            .anyMatch(field -> !CsvValue.isLikeNumber(field) && !CsvValue.isMissing(field));
    if (names) {
      return !numbers || from == 1;
    }
    for (int i = 0; i < rest.size(); i++) {
      if (!rest.get(i).equals(String.valueOf(i))) {
        return false;
      }
    }
    if (from == 0 && rest.size() < 3) {
      throw ambiguous();
    }
    return true;
  }

  /** The first line may hold names as well as samples. */
  BadFileException ambiguous() {
    return new BadFileException(
        file,
        "line " + line,
        "got "
            + names()
            + ", which may be names of columns or values; say which by"
            + " CsvConfig.header(PRESENT or ABSENT)");
  }

  /**
   * What to do about a line of another number of columns.
   *
   * @param columns how many it has
   * @param first whether there were no values before
   */
  String widthAdvice(int columns, char separator, boolean first) {
    String text = String.join(" ", fields);
    String advice = "correct it, or " + CsvValue.separatorAdvice(text, separator);
    if (CsvValue.otherSeparator(text, separator).isPresent()) {
      return advice + (separator == ',' ? COMMAS + "give CsvConfig.decimal(COMMA) too" : "");
    }
    if (separator == ',' && columns > width()) {
      advice +=
          COMMAS
              + (width() == 1
                  ? "give CsvConfig.separator(';') and CsvConfig.decimal(COMMA)"
                  : "export the table with another separator between columns");
    }
    if (first && named && columns == width() + 1) {
      advice +=
          "; if each line begins with a name that the header has no field for, as R's write.table"
              + " writes it, write the table with col.names=NA";
    }
    return first ? advice + CsvValue.startAdvice(config) : advice;
  }

  /** What more to do about a field in a line that is no number: its line may hold names. */
  String advice(CsvRecord other) {
    return !named && other.getStartingLineNumber() == line
        ? "; or give CsvConfig.header(PRESENT) if this line names the columns"
        : "";
  }

  /** Whether the line names the columns, and so holds no samples. */
  boolean isNamed() {
    return named;
  }

  /** Whether the first column is an index. */
  boolean isIndexed() {
    return indexed;
  }

  /** The number of columns, index included. */
  int width() {
    return fields.size();
  }

  /**
   * The columns that become channels.
   *
   * @param wanted their names, none for all
   * @param comments whether there were comments before, which may hold the names
   */
  List<CsvColumn> columns(String[] wanted, boolean comments, char separator)
      throws BadFileException {
    List<CsvColumn> columns = new ArrayList<>();
    for (String name : wanted) {
      columns.add(column(find(name.strip(), comments, separator)));
    }
    for (int i = indexed ? 1 : 0; wanted.length == 0 && i < fields.size(); i++) {
      columns.add(column(i));
    }
    return columns;
  }

  private CsvColumn column(int index) {
    String place = "column " + (index + 1);
    return new CsvColumn(
        index, named ? place + " (" + MessageText.shown(fields.get(index)) + ")" : place);
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
              + ", expected one of the name "
              + MessageText.shown(name)
              + "; correct the name"
              + (width() == 1 ? ", or " + CsvValue.separatorAdvice(fields.get(0), separator) : "")
              + CsvValue.startAdvice(config)
              + (comments && config.comments()
                  ? "; lines that begin with # were skipped, give CsvConfig.comments(false) if one"
                      + " of them holds the names"
                  : ""));
    }
    if (first != last) {
      throw new BadFileException(
          file,
          "line " + line,
          "got the name "
              + MessageText.shown(name)
              + " for columns "
              + (first + 1)
              + " and "
              + (last + 1)
              + ", expected it once; rename one of them");
    }
    return first;
  }

  private String names() {
    List<String> shown =
        fields.stream()
            .limit(SHOWN_NAMES)
            .map(MessageText::shown)
            .map(name -> name.indexOf(',') < 0 ? name : '"' + name + '"')
            .toList();
    return fields.size() > SHOWN_NAMES
        ? shown.toString().replaceFirst("]$", ", ..]")
        : shown.toString();
  }
}
