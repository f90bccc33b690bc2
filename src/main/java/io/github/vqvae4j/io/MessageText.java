package io.github.vqvae4j.io;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Formats text from files for messages: as one line of limited length in which all characters are
 * visible.
 */
public final class MessageText {
  private static final int MAX_SHOWN = 60;
  private static final int MAX_MESSAGE = 4_000;
  private static final int TAIL = 1_000;
  private static final int FEW = 3;

  private MessageText() {}

  /**
   * Formats a name or a value of a file.
   *
   * @param text the text
   * @return the first 60 characters, {@link #escaped}, followed by {@code ...} if there are more
   */
  public static String excerpt(String text) {
    return text.length() > MAX_SHOWN
        ? escaped(text.substring(0, MAX_SHOWN)) + "..."
        : escaped(text);
  }

  /**
   * Returns the name of a class without its package.
   *
   * @param type the class
   * @return the simple name; for an anonymous class, which has none, one such as {@code Program$1}
   */
  public static String name(Class<?> type) {
    String full = type.getName();
    return type.isAnonymousClass()
        ? full.substring(full.lastIndexOf('.') + 1)
        : type.getSimpleName();
  }

  /**
   * Lists names, at most three of them.
   *
   * @param names the names
   * @return a text such as {@code a, b, c and 2 more}
   */
  public static String firstFew(Collection<String> names) {
    String first =
        names.stream().limit(FEW).map(MessageText::excerpt).collect(Collectors.joining(", "));
    return names.size() <= FEW ? first : first + " and " + (names.size() - FEW) + " more";
  }

  /**
   * Escapes control characters and invisible characters.
   *
   * @param text the text
   * @return the text with these characters as Java escapes, such as {@code \n} for a line break
   */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars().forEach(c -> escaped.append(escaped((char) c)));
    return escaped.toString();
  }

  /** Formats a message: escaped, and abbreviated to its start and end if it is very long. */
  static String limited(String message) {
    return message.length() > MAX_MESSAGE
        ? escaped(message.substring(0, MAX_MESSAGE - TAIL))
            + " .. "
            + escaped(message.substring(message.length() - TAIL))
        : escaped(message);
  }

  private static String escaped(char c) {
    return switch (c) {
      case '\t' -> "\\t";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default -> isInvisible(c) ? String.format("\\u%04X", (int) c) : String.valueOf(c);
    };
  }

  private static boolean isInvisible(char c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
