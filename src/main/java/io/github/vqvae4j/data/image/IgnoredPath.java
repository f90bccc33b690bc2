package io.github.vqvae4j.data.image;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * A file, folder or link that was ignored, which is not an error. At most {@value #MAX_PER_KIND}
 * paths of each kind are listed; the count of the last one includes the rest.
 *
 * @param path the file, folder or link
 * @param kind the reason why it was ignored
 * @param count 1, or more if it includes further paths of the same kind
 */
public record IgnoredPath(Path path, Kind kind, long count) {
  /** The maximum number of listed paths of each kind. */
  static final int MAX_PER_KIND = 1_000;

  private static final int MAX_NAMED = 5;

  private static final List<String> OTHER_FORMATS =
      List.of(".webp", ".avif", ".heic", ".heif", ".jxl", ".jp2", ".psd", ".tga");

  /** The reason why a path was ignored. */
  public enum Kind {
    /** A file with another extension, or not a regular file. */
    OTHER("other file", "other files"),
    /** A file or folder whose name begins with a dot, such as {@code ._1.jpg} on macOS. */
    HIDDEN("hidden", "hidden"),
    /** A subfolder without images at any depth, which is not a label. */
    EMPTY_FOLDER("subfolder without images", "subfolders without images"),
    /** A subfolder of a folder that is not listed recursively. */
    SUBFOLDER("subfolder", "subfolders"),
    /** A link to a folder that is listed at another location, possibly the folder of the link. */
    REPEATED_FOLDER("link to a folder listed already", "links to folders listed already"),
    /** A link to a folder that contains the listed folder, such as {@code /}. */
    ENCLOSING_FOLDER("link to an enclosing folder", "links to enclosing folders"),
    /** A link whose target does not exist. */
    BROKEN_LINK("broken link", "broken links"),
    /** A file or folder without read permission. */
    UNREADABLE("unreadable", "unreadable");

    private final String singular;
    private final String plural;

    Kind(String singular, String plural) {
      this.singular = singular;
      this.plural = plural;
    }

    /** Returns whether files may be missing for this reason. */
    boolean isProblem() {
      return this == BROKEN_LINK
          || this == UNREADABLE
          || this == REPEATED_FOLDER
          || this == ENCLOSING_FOLDER;
    }
  }

  /**
   * Creates an ignored path with count 1.
   *
   * @param path the file, folder or link
   * @param kind the reason why it was ignored
   */
  public IgnoredPath(Path path, Kind kind) {
    this(path, kind, 1);
  }

  /** Returns whether it is an image of a format that is read with a plugin only, if at all. */
  boolean isOtherImage() {
    String name = FileNames.name(path).toLowerCase(Locale.ROOT);
    return kind == Kind.OTHER && OTHER_FORMATS.stream().anyMatch(name::endsWith);
  }

  /** Returns the sum of the counts. */
  static long count(List<IgnoredPath> paths) {
    return paths.stream().mapToLong(IgnoredPath::count).sum();
  }

  /**
   * Returns a summary by kind, with the first names of each: {@code 2 other files (a.txt, b.txt), 1
   * hidden (._1.jpg)}.
   *
   * @param ignored the ignored paths
   * @return the summary; {@code nothing} if there are none
   */
  public static String summary(List<IgnoredPath> ignored) {
    Map<Kind, List<IgnoredPath>> kinds =
        ignored.stream()
            .collect(
                Collectors.groupingBy(
                    IgnoredPath::kind, () -> new EnumMap<>(Kind.class), Collectors.toList()));
    StringJoiner text = new StringJoiner(", ").setEmptyValue("nothing");
    kinds.forEach(
        (kind, paths) ->
            text.add(
                Counts.of(count(paths), kind.singular, kind.plural)
                    + paths.stream()
                        .limit(MAX_NAMED)
                        .map(singular -> MessageText.escaped(FileNames.name(singular.path)))
                        .collect(
                            Collectors.joining(
                                ", ", " (", paths.size() > MAX_NAMED ? ", ..)" : ")"))));
    return text.toString();
  }

  @Override
  public String toString() {
    return FileNames.path(path)
        + ": "
        + kind.singular
        + (count == 1 ? "" : ", and " + (count - 1) + " more");
  }
}
