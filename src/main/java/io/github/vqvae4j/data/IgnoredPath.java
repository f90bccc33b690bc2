package io.github.vqvae4j.data;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * Something in a folder that was not taken, without being an error. Of a kind of which there is
 * much, the first {@value #MOST} are named; the last of these stands for the rest.
 *
 * @param path the file, folder or link
 * @param kind what it is
 * @param count 1, or more if it stands for itself and so many of its kind that come after it
 */
public record IgnoredPath(Path path, Kind kind, long count) {
  /** So many of a kind are named. */
  static final int MOST = 1_000;

  private static final int MOST_NAMED = 5;

  /** Why something was passed over. */
  public enum Kind {
    /** A file whose name ends otherwise, or no regular file. */
    OTHER("other file", "other files"),
    /** A file or folder whose name begins with a dot, such as {@code ._1.jpg} of a Mac. */
    HIDDEN("hidden", "hidden"),
    /** A subfolder without images in it or below it: no label. */
    EMPTY_FOLDER("subfolder without images", "subfolders without images"),
    /** A subfolder of a folder of which only the files themselves are taken. */
    SUBFOLDER("subfolder", "subfolders"),
    /** A link to a folder that is looked into elsewhere, perhaps the one it lies in. */
    REPEATED_FOLDER(
        "link to a folder that is there already", "links to folders that are there already"),
    /** A link to a folder that the folder itself lies in, such as {@code /}. */
    ENCLOSING_FOLDER("link to a folder around this one", "links to folders around this one"),
    /** A link that leads nowhere. */
    BROKEN_LINK("broken link", "broken links"),
    /** A file or folder that one may not look at. */
    UNREADABLE("unreadable", "unreadable");

    private final String one;
    private final String several;

    Kind(String one, String several) {
      this.one = one;
      this.several = several;
    }

    /** Whether files may be missing because of it. */
    boolean isProblem() {
      return this == BROKEN_LINK
          || this == UNREADABLE
          || this == REPEATED_FOLDER
          || this == ENCLOSING_FOLDER;
    }
  }

  /**
   * One that stands for itself.
   *
   * @param path the file, folder or link
   * @param kind what it is
   */
  public IgnoredPath(Path path, Kind kind) {
    this(path, kind, 1);
  }

  /** How many these stand for. */
  static long count(List<IgnoredPath> some) {
    return some.stream().mapToLong(IgnoredPath::count).sum();
  }

  /**
   * Counts by kind, and names the first few of each: {@code 2 other files (a.txt, b.txt), 1 hidden
   * (._1.jpg)}.
   *
   * @param ignored any
   * @return the text; {@code nothing} if there are none
   */
  public static String summary(List<IgnoredPath> ignored) {
    Map<Kind, List<IgnoredPath>> kinds =
        ignored.stream()
            .collect(
                Collectors.groupingBy(
                    IgnoredPath::kind, () -> new EnumMap<>(Kind.class), Collectors.toList()));
    StringJoiner text = new StringJoiner(", ").setEmptyValue("nothing");
    kinds.forEach(
        (kind, some) ->
            text.add(
                Counts.of(count(some), kind.one, kind.several)
                    + some.stream()
                        .limit(MOST_NAMED)
                        .map(one -> MessageText.escaped(FileNames.name(one.path)))
                        .collect(
                            Collectors.joining(
                                ", ", " (", some.size() > MOST_NAMED ? ", ..)" : ")"))));
    return text.toString();
  }

  @Override
  public String toString() {
    return FileNames.path(path)
        + ": "
        + kind.one
        + (count == 1 ? "" : ", and " + (count - 1) + " more");
  }
}
