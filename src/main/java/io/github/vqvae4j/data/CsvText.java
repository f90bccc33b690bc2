package io.github.vqvae4j.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
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
import java.util.regex.Pattern;

/** The records of a CSV file, without comments and empty lines. */
final class CsvText implements Closeable {
  private static final int MOST_COLUMNS = 1 << 16;
  private static final int LONGEST_FIELD = 1 << 20;
  private static final int LONGEST_RECORD = 1 << 24;
  private static final int BUFFER = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final String SEPARATOR_LINE = "sep=";

  /** What spreadsheets write in place of a number, after the #: lines of these are no comments. */
  private static final Pattern ERROR_VALUE =
      Pattern.compile(
          "(N/A|NV|NAME\\?|(DIV/0|VALUE|WERT|REF|BEZUG|NUM|ZAHL|NULL)!)(?![\\p{L}\\p{N}])");

  private final Path file;
  private final CloseableIterator<CsvRecord> records;
  private final char separator;
  private final boolean named;
  private boolean hadComments;

  private CsvText(Path file, CloseableIterator<CsvRecord> records, char separator, boolean named) {
    this.file = file;
    this.records = records;
    this.separator = separator;
    this.named = named;
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
      CsvReader<CsvRecord> reader =
          CsvReader.builder()
              .fieldSeparator(separator)
              .trimWhitespacesAroundQuotes(true)
              .allowUnclosedQuote(false)
              .commentStrategy(config.comments() ? CommentStrategy.READ : CommentStrategy.NONE)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .maxBufferSize(LONGEST_FIELD)
              .build(
                  CsvRecordHandler.of(
                      handler ->
                          handler
                              .maxFields(MOST_COLUMNS)
                              .maxFieldSize(LONGEST_FIELD)
                              .maxRecordSize(LONGEST_RECORD)),
                  text);
      reader.skipLines(named ? 1 : 0);
      return new CsvText(file, reader.iterator(), separator, named);
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

  /** The next record, or null at the end. */
  CsvRecord next() throws IOException {
    try {
      while (records.hasNext()) {
        CsvRecord next = records.next();
        if (next.isComment()) {
          refuseErrorValue(next);
          hadComments = true;
        } else if (!isWhitespace(next)) {
          return next;
        }
      }
      return null;
    } catch (CsvParseException e) {
      if (e.getCause() instanceof Error error) {
        // FastCSV wraps all that is thrown, running out of memory too.
        throw error;
      }
      throw new BadFileException(
          file,
          "quotes and fields",
          "expected fields of at most "
              + LONGEST_FIELD
              + " characters, at most "
              + MOST_COLUMNS
              + " in a line, each quotation mark closed, got: "
              + MessageText.escaped(e.getMessage())
              + "; correct it, or give the separator with CsvConfig.separator",
          e);
    } catch (UncheckedIOException e) {
      throw readable(file, e.getCause());
    }
  }

  /** A line of spaces; that of a missing value has quotation marks or separators. */
  private static boolean isWhitespace(CsvRecord line) {
    return line.getFieldCount() == 1 && !line.getField(0).isEmpty() && line.getField(0).isBlank();
  }

  private void refuseErrorValue(CsvRecord comment) throws BadFileException {
    if (ERROR_VALUE.matcher(comment.getField(0)).lookingAt()) {
      throw new BadFileException(
          file,
          "line " + comment.getStartingLineNumber(),
          "got \"#"
              + MessageText.shown(comment.getField(0))
              + "\", which may be a comment or a value that is missing; correct it, or give"
              + " CsvConfig.comments(false) for a table without comments");
    }
  }

  /** What reading threw, which for bytes that are no UTF-8 means a bad file. */
  private static IOException readable(Path file, IOException e) {
    return e instanceof CharacterCodingException
        ? new BadFileException(
            file, "text", "got bytes that are no UTF-8, expected UTF-8; save it as such", e)
        : e;
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
