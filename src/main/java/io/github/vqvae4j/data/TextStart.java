package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Opens a file of UTF-8 text, with or without byte order mark; says what else it is. */
final class TextStart {
  private static final int LOOKED_AT = 4_096;
  private static final int BUFFER = 1 << 16;
  private static final String MARK = "\u00EF\u00BB\u00BF";

  /** By their first bytes, each as the character of its number; the first that fits. */
  private static final Map<String, String> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("PK", "a ZIP archive, as .xlsx and .ods files are; save the table as CSV");
    KINDS.put("\u00D0\u00CF\u0011\u00E0", "an .xls file; save the table as CSV");
    KINDS.put("\u001F\u008B", "a gzip file; unpack it");
    KINDS.put("\u00FF\u00FE", "UTF-16; save the text as UTF-8");
    KINDS.put("\u00FE\u00FF", "UTF-16; save the text as UTF-8");
    KINDS.put("PAR1", "a Parquet file; save the table as CSV");
    KINDS.put("\u0089HDF", "an HDF5 file; save the table as CSV");
    KINDS.put("\u0093NUMPY", "a NumPy array; write it with numpy.savetxt");
    KINDS.put("RIFF", "a WAV file or another of RIFF; read sounds with WavFiles");
    KINDS.put("%PDF", "a PDF file; save the table as CSV");
  }

  private TextStart() {}

  /** The text; to be closed by the caller. What is no UTF-8 throws while it is read. */
  static BufferedReader open(Path file) throws IOException {
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    try {
      bytes.mark(LOOKED_AT);
      String start = new String(bytes.readNBytes(LOOKED_AT), StandardCharsets.ISO_8859_1);
      bytes.reset();
      refuseOtherKinds(file, start);
      bytes.skipNBytes(start.startsWith(MARK) ? MARK.length() : 0);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
    return new BufferedReader(
        new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()), BUFFER);
  }

  private static void refuseOtherKinds(Path file, String start) throws BadFileException {
    for (Map.Entry<String, String> kind : KINDS.entrySet()) {
      if (start.startsWith(kind.getKey())) {
        throw other(file, kind.getValue());
      }
    }
    String text = start.substring(start.startsWith(MARK) ? MARK.length() : 0).stripLeading();
    String lower = text.substring(0, Math.min(text.length(), 20)).toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype") || lower.startsWith("<html") || lower.startsWith("<?xml")) {
      throw other(file, "HTML or XML, perhaps a web page in place of the file; fetch it again");
    }
    if (start.indexOf('\0') >= 0) {
      throw other(file, "zero bytes, so it is binary, or UTF-16; save the table as CSV in UTF-8");
    }
  }

  private static BadFileException other(Path file, String came) {
    return new BadFileException(file, "first bytes", "expected CSV text in UTF-8, got " + came);
  }
}
