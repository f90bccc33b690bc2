package io.github.vqvae4j.io;

/**
 * Text of a file, as it goes into a message: on one line, with every character to be seen, and not
 * endless, whatever the file holds.
 */
public final class MessageText {
  private static final int SHOWN = 60;
  private static final int MOST = 4_000;
  private static final int END = 1_000;

  private MessageText() {}

  /**
   * A name or a value of a file.
   *
   * @param text any
   * @return its first 60 characters, {@link #escaped}, and {@code ...} for more
   */
  public static String shown(String text) {
    return text.length() > SHOWN ? escaped(text.substring(0, SHOWN)) + "..." : escaped(text);
  }

  /**
   * Makes control characters and invisible ones be seen.
   *
   * @param text any
   * @return it with those characters as Java writes them: a line break as {@code \n}
   */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars().forEach(c -> escaped.append(escaped((char) c)));
    return escaped.toString();
  }

  /** A whole message: escaped, and only its beginning and its end if it is very long. */
  static String limited(String message) {
    return message.length() > MOST
        ? escaped(message.substring(0, MOST - END))
            + " .. "
            + escaped(message.substring(message.length() - END))
        : escaped(message);
  }

  private static String escaped(char c) {
    return switch (c) {
      case '\t' -> "\\t";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default -> isUnseen(c) ? String.format("\\u%04X", (int) c) : String.valueOf(c);
    };
  }

  private static boolean isUnseen(char c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
