package io.github.vqvae4j.data.series;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.FieldModifier;
import io.github.vqvae4j.data.internal.FileKind;
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
  private static final int MAX_COLUMNS = 1 << 16;
  private static final int MAX_FIELD = 1 << 20;
  private static final int MAX_RECORD = 1 << 24;
  private static final int BUFFER = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final String SEPARATOR_LINE = "sep=";

  /**
   * The error values of spreadsheets in various languages, after the #: {@code N/A}, {@code
   * DIV/0!}, {@code VALEUR!}, {@code NOM ?}. Lines that begin with them are not comments.
   */
  private static final Pattern ERROR_VALUE =
      Pattern.compile(
          "[\\p{Lu}\\p{N}_/.\u00a1\u00bf]+[ \u00a0\u202f]?[!?]|\\p{Lu}\\.?/\\p{Lu}\\.?|NV");

  /** A further possible error value, {@code GETTING_DATA}, or a word in capital letters. */
  private static final Pattern CAPITALS =
      Pattern.compile("\\p{Lu}[\\p{Lu}\\p{N}_/.]*|(?i:error|[\\p{L}\\p{N}_/]+[!?])");

  /**
   * A value for which the spreadsheet column was too narrow, after the first #, or a line of #
   * characters.
   */
  private static final Pattern HASHES = Pattern.compile("#+");

  /** FastCSV's message for a character after a quoted field. */
  private static final Pattern AFTER_QUOTE =
      Pattern.compile("after closing quote: '(.)'.*line (\\d+)", Pattern.DOTALL);

  private final Path file;
  private final CloseableIterator<CsvRecord> records;
  private final char separator;
  private final boolean namesSeparator;
  private final Quotes quotes;
  private boolean hadComments;
  private boolean keepsEmptyLines;

  /** The number of fields of the last record, 0 before the first. */
  private int width;

  private CsvText(
      Path file,
      CloseableIterator<CsvRecord> records,
      char separator,
      boolean namesSeparator,
      Quotes quotes) {
    this.file = file;
    this.records = records;
    this.separator = separator;
    this.namesSeparator = namesSeparator;
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
      char[] prefix = new char[SEPARATOR_LINE.length() + 2];
      int length = Math.max(0, text.read(prefix));
      text.reset();
      boolean namesSeparator = beginsWithSeparator(new String(prefix, 0, length));
      char separator = namesSeparator ? prefix[SEPARATOR_LINE.length()] : config.separator();
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
              .maxBufferSize(MAX_FIELD)
              .build(
                  CsvRecordHandler.of(
                      handler ->
                          handler
                              .fieldModifier(quotes)
                              .maxFields(MAX_COLUMNS)
                              .maxFieldSize(MAX_FIELD)
                              .maxRecordSize(MAX_RECORD)),
                  text);
      reader.skipLines(namesSeparator ? 1 : 0);
      return new CsvText(file, reader.iterator(), separator, namesSeparator, quotes);
    } catch (IOException e) {
      text.close();
      throw toBadFile(file, e);
    } catch (UncheckedIOException e) {
      text.close();
      throw toBadFile(file, e.getCause());
    }
  }

  /** Opens the text of the file; reading throws an exception at bytes that are not UTF-8. */
  private static BufferedReader text(Path file) throws IOException {
    // JDK 17 throws an exception if available() is called on a pipe.
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

  /** Returns whether the file begins with a line such as {@code sep=;}. */
  private static boolean beginsWithSeparator(String prefix) {
    int length = SEPARATOR_LINE.length();
    return prefix.toLowerCase(Locale.ROOT).startsWith(SEPARATOR_LINE)
        && prefix.length() > length
        && CsvConfig.canSeparate(prefix.charAt(length))
        && (prefix.length() == length + 1 || "\r\n".indexOf(prefix.charAt(length + 1)) >= 0);
  }

  /** Returns the separator given in the file, or else in the settings. */
  char separator() {
    return separator;
  }

  /** Returns whether the file declares the separator. */
  boolean namesSeparator() {
    return namesSeparator;
  }

  /** Returns whether a comment line has been skipped so far. */
  boolean hadComments() {
    return hadComments;
  }

  /** Lets {@link #next} return empty lines, too. */
  void keepEmptyLines() {
    keepsEmptyLines = true;
  }

  /** Returns the next record, or null at the end. */
  CsvRecord next() throws IOException {
    try {
      while (records.hasNext()) {
        CsvRecord next = records.next();
        if (next.isComment()) {
          rejectErrorValue(next);
          hadComments = true;
        } else if (keepsEmptyLines || !isEmpty(next)) {
          width = next.getFieldCount();
          return next;
        }
      }
      return null;
    } catch (CsvParseException e) {
      if (e.getCause() instanceof Error error) {
        // FastCSV wraps everything that is thrown, including OutOfMemoryError.
        throw error;
      }
      throw new BadFileException(file, "quotes and fields", problem(e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw toBadFile(file, e.getCause());
    }
  }

  /** Returns the problem with quotation marks or sizes, and advice. */
  private String problem(String message) {
    Matcher quote = AFTER_QUOTE.matcher(message);
    if (!quote.find()) {
      return "got: "
          + MessageText.escaped(message)
          + ", expected closed quotation marks, fields of at most "
          + MAX_FIELD
          + " characters, and at most "
          + MAX_COLUMNS
          + " fields per line; correct it, or set the separator with CsvConfig.separator";
    }
    char after = quote.group(1).charAt(0);
    // Spaces and tabs around quotation marks are skipped, so this may be the next field's quotation
    // mark.
    String advice =
        after == '"'
            ? "set the separator with CsvConfig.separator('\\t') or CsvConfig.separator(' ')"
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

  /**
   * Returns whether the last record is an empty line, or one of spaces, without quotation marks.
   */
  boolean isEmpty(CsvRecord last) {
    return last.getFieldCount() == 1
        && last.getField(0).isBlank()
        && quotes.line != last.getStartingLineNumber();
  }

  private void rejectErrorValue(CsvRecord comment) throws BadFileException {
    if (mayBeValue(comment.getField(0))) {
      throw new BadFileException(
          file,
          "line " + comment.getStartingLineNumber(),
          "got \"#"
              + MessageText.excerpt(comment.getField(0))
              + "\", which may be a comment or a missing value; correct it, write a space after the"
              + " # of a comment, or use CsvConfig.comments(false) for a table without comments");
    }
  }

  /**
   * Returns whether the line may be a table row whose first field is a spreadsheet's error value.
   */
  private boolean mayBeValue(String comment) {
    int end = comment.indexOf(separator);
    String field = (end < 0 ? comment : comment.substring(0, end)).stripTrailing();
    boolean fits = end >= 0 || width == 1;
    return ERROR_VALUE.matcher(field).matches()
        || fits && HASHES.matcher(field).matches()
        || fits && width > 0 && CAPITALS.matcher(field).matches();
  }

  /** Converts the exception for bytes that are not UTF-8 to a BadFileException. */
  private static IOException toBadFile(Path file, IOException e) {
    return e instanceof CharacterCodingException
        ? new BadFileException(
            file, "text", "got bytes that are not UTF-8, expected UTF-8; save the file in UTF-8", e)
        : e;
  }

  /**
   * Records the line of the last quoted field: {@code ""} is a missing value, not an empty line.
   */
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
