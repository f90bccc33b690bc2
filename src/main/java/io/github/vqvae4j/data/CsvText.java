package io.github.vqvae4j.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.FieldModifier;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The records of a CSV file, without comments. */
final class CsvText implements Closeable {
  private static final int MOST_COLUMNS = 1 << 16;
  private static final int LONGEST_FIELD = 1 << 20;
  private static final int LONGEST_RECORD = 1 << 24;
  private static final int BUFFER = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final String SEPARATOR_LINE = "sep=";

  /**
   * What spreadsheets write in place of a number, after the #, in the languages they speak: {@code
   * N/A}, {@code DIV/0!}, {@code VALEUR!}, {@code NOM ?}. Lines of these are no comments.
   */
  private static final Pattern ERROR_VALUE =
      Pattern.compile(
          "[\\p{Lu}\\p{N}_/.\u00a1\u00bf]+[ \u00a0\u202f]?[!?]|\\p{Lu}\\.?/\\p{Lu}\\.?|NV");

  /** What may be another of them, {@code GETTING_DATA}, or a word in capitals. */
  private static final Pattern CAPITALS =
      Pattern.compile("\\p{Lu}[\\p{Lu}\\p{N}_/.]*|(?i:error|[\\p{L}\\p{N}_/]+[!?])");

  /** A number for which the column was too narrow, after the first #, or a line drawn with it. */
  private static final Pattern NARROW = Pattern.compile("#+");

  /** What FastCSV says of a character behind a quoted field. */
  private static final Pattern AFTER_QUOTE =
      Pattern.compile("after closing quote: '(.)'.*line (\\d+)", Pattern.DOTALL);

  private final Path file;
  private final CloseableIterator<CsvRecord> records;
  private final char separator;
  private final boolean named;
  private final Quotes quotes;
  private boolean hadComments;
  private boolean keepsEmptyLines;

  /** Of the last record, 0 before the first. */
  private int width;

  private CsvText(
      Path file,
      CloseableIterator<CsvRecord> records,
      char separator,
      boolean named,
      Quotes quotes) {
    this.file = file;
    this.records = records;
    this.separator = separator;
    this.named = named;
    this.quotes = quotes;
  }

  static CsvText open(Path file, CsvConfig config) throws IOException {
    BufferedReader text = text(file);
    try {
      text.mark(1);
      if (text.read() != BYTE_ORDER_MARK) {
        text.reset();
      }
      text.mark(SEPARATOR_LINE.length() + 2);
      char[] start = new char[SEPARATOR_LINE.length() + 2];
      int length = Math.max(0, text.read(start));
      text.reset();
      boolean named = beginsWithSeparator(new String(start, 0, length));
      char separator = named ? start[SEPARATOR_LINE.length()] : config.separator();
      Quotes quotes = new Quotes();
      CsvReader<CsvRecord> reader =
          CsvReader.builder()
              .fieldSeparator(separator)
              .trimWhitespacesAroundQuotes(true)
              .allowUnclosedQuote(false)
              .skipEmptyLines(false)
              .commentStrategy(config.comments() ? CommentStrategy.READ : CommentStrategy.NONE)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .maxBufferSize(LONGEST_FIELD)
              .build(
                  CsvRecordHandler.of(
                      handler ->
                          handler
                              .fieldModifier(quotes)
                              .maxFields(MOST_COLUMNS)
                              .maxFieldSize(LONGEST_FIELD)
                              .maxRecordSize(LONGEST_RECORD)),
                  text);
      reader.skipLines(named ? 1 : 0);
      return new CsvText(file, reader.iterator(), separator, named, quotes);
    } catch (IOException e) {
      text.close();
      throw readable(file, e);
    } catch (UncheckedIOException e) {
      text.close();
      throw readable(file, e.getCause());
    }
  }

  /** The text of the file; what is no UTF-8 throws while it is read. */
  private static BufferedReader text(Path file) throws IOException {
    // Of a pipe, JDK 17 throws when it is asked how much is available.
    InputStream stream =
        new FilterInputStream(Files.newInputStream(file)) {
          @Override
          public int available() {
            return 0;
          }
        };
    InputStream bytes = new BufferedInputStream(stream, BUFFER);
    try {
      bytes.mark(FileKind.BYTES);
      FileKind kind = FileKind.of(bytes.readNBytes(FileKind.BYTES));
      if (kind != FileKind.TEXT && kind != FileKind.UNKNOWN) {
        throw new BadFileException(
            file,
            "first bytes",
            kind.problem(
                FileKind.Category.TABLE, "CSV text in UTF-8", "save the table as CSV in UTF-8"));
      }
      bytes.reset();
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
    return new BufferedReader(
        new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()), BUFFER);
  }

  /** Whether the file begins with a line such as {@code sep=;}. */
  private static boolean beginsWithSeparator(String start) {
    int at = SEPARATOR_LINE.length();
    return start.toLowerCase(Locale.ROOT).startsWith(SEPARATOR_LINE)
        && start.length() > at
        && CsvConfig.canSeparate(start.charAt(at))
        && (start.length() == at + 1 || "\r\n".indexOf(start.charAt(at + 1)) >= 0);
  }

  /** Between fields: what the file says, or else the settings. */
  char separator() {
    return separator;
  }

  /** Whether the file says what the separator is. */
  boolean namesSeparator() {
    return named;
  }

  /** Whether a line was skipped as a comment until now. */
  boolean hadComments() {
    return hadComments;
  }

  /** From now on gives empty lines too. */
  void keepEmptyLines() {
    keepsEmptyLines = true;
  }

  /** The next record, or null at the end. */
  CsvRecord next() throws IOException {
    try {
      while (records.hasNext()) {
        CsvRecord next = records.next();
        if (next.isComment()) {
          refuseErrorValue(next);
          hadComments = true;
        } else if (keepsEmptyLines || !isEmpty(next)) {
          width = next.getFieldCount();
          return next;
        }
      }
      return null;
    } catch (CsvParseException e) {
      if (e.getCause() instanceof Error error) {
        // FastCSV wraps all that is thrown, running out of memory too.
        throw error;
      }
      throw new BadFileException(file, "quotes and fields", problem(e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw readable(file, e.getCause());
    }
  }

  /** What is wrong with quotation marks or sizes, and what to do. */
  private String problem(String message) {
    Matcher quote = AFTER_QUOTE.matcher(message);
    if (!quote.find()) {
      return "got: "
          + MessageText.escaped(message)
          + ", expected each quotation mark closed, fields of at most "
          + LONGEST_FIELD
          + " characters, and at most "
          + MOST_COLUMNS
          + " in a line; correct it, or give the separator with CsvConfig.separator";
    }
    char after = quote.group(1).charAt(0);
    // Spaces and tabs around quotation marks are passed over, so the next field may come as this.
    String advice =
        after == '"'
            ? "give the separator with CsvConfig.separator('\\t') or CsvConfig.separator(' ')"
            : CsvValue.separatorAdvice(String.valueOf(after), separator);
    return "line "
        + quote.group(2)
        + ": got "
        + CsvValue.quoted(after)
        + " after closing quote, expected "
        + CsvValue.quoted(separator)
        + " or the end of the line; correct it, or "
        + advice;
  }

  /** Whether the last record is a line of nothing, or of spaces, without quotation marks. */
  boolean isEmpty(CsvRecord last) {
    return last.getFieldCount() == 1
        && last.getField(0).isBlank()
        && quotes.line != last.getStartingLineNumber();
  }

  private void refuseErrorValue(CsvRecord comment) throws BadFileException {
    if (mayBeValue(comment.getField(0))) {
      throw new BadFileException(
          file,
          "line " + comment.getStartingLineNumber(),
          "got \"#"
              + MessageText.shown(comment.getField(0))
              + "\", which may be a comment or a value that is missing; correct it, write a space"
              + " after the # of a comment, or give CsvConfig.comments(false) for a table without"
              + " comments");
    }
  }

  /** Whether it may be a line of the table whose first field a spreadsheet could not compute. */
  private boolean mayBeValue(String comment) {
    int end = comment.indexOf(separator);
    String field = (end < 0 ? comment : comment.substring(0, end)).stripTrailing();
    boolean fits = end >= 0 || width == 1;
    return ERROR_VALUE.matcher(field).matches()
        || fits && NARROW.matcher(field).matches()
        || fits && width > 0 && CAPITALS.matcher(field).matches();
  }

  /** What reading threw, which for bytes that are no UTF-8 means a bad file. */
  private static IOException readable(Path file, IOException e) {
    return e instanceof CharacterCodingException
        ? new BadFileException(
            file, "text", "got bytes that are no UTF-8, expected UTF-8; save it as such", e)
        : e;
  }

  /** Notes where a quoted field was: {@code ""} is a missing value, and no empty line. */
  private static final class Quotes implements FieldModifier {
    private long line;

    @Override
    public String modify(long startingLine, int index, boolean quoted, String field) {
      line = quoted ? startingLine : line;
      return field;
    }
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
