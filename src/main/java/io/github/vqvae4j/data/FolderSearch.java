package io.github.vqvae4j.data;

import io.github.vqvae4j.data.IgnoredPath.Kind;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.InputFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for the files of a {@link FolderListing}. */
final class FolderSearch {
  private static final Logger LOG = LoggerFactory.getLogger(FolderListing.class);
  private static final long LOG_NANOS = 10_000_000_000L;

  private final String what;
  private final List<String> endings;
  private final boolean below;
  private final List<Path> files = new ArrayList<>();
  private final Map<Kind, List<Path>> ignored = new EnumMap<>(Kind.class);
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

  /** Folders right below the one that is looked through. */
  private final List<Path> subfolders = new ArrayList<>();

  /** Links to folders: looked into when all that is no link has been, and in their order. */
  private final PriorityQueue<Path> links;

  private final Set<Path> seen = new HashSet<>();
  private final Comparator<Path> order;
  private final Map<Path, String> keys = new HashMap<>();
  private Path root;
  private Path realRoot;
  private long looked;
  private long logged = System.nanoTime();

  /**
   * A search.
   *
   * @param what the files are, for messages
   * @param endings of their names, in lower case
   * @param below whether subfolders are looked into
   */
  FolderSearch(String what, List<String> endings, boolean below) {
    this.what = what;
    this.endings = endings;
    this.below = below;
    order = Comparator.<Path, String>comparing(this::key).thenComparing(Comparator.naturalOrder());
    links = new PriorityQueue<>(order);
  }

  /** Sorts as the names along a path do, one by one. */
  private String key(Path path) {
    if (path.equals(root)) {
      return "";
    }
    String key = keys.get(path);
    if (key == null) {
      key = key(path.getParent()) + FileNames.name(path) + '\0';
      keys.put(path, key);
    }
    return key;
  }

  /** Lists a folder, as {@link FolderListing#images} and others promise. */
  FolderListing in(Path folder) throws IOException {
    InputFile.requireFolder(folder, "one of " + what + "s");
    root = folder.toAbsolutePath();
    realRoot = root.toRealPath();
    seen.add(realRoot);
    addAll(root);
    while (!links.isEmpty()) {
      look(links.poll());
    }
    if (files.isEmpty()) {
      List<IgnoredPath> others = ignored();
      throw new BadFileException(
          folder,
          "folder",
          "got no "
              + what
              + " among "
              + Counts.of(IgnoredPath.count(others), "file")
              + " ("
              + IgnoredPath.summary(others)
              + "), expected one or more that end in "
              + String.join(", ", endings)
              + "; convert them, or give the folder that holds the "
              + what
              + "s");
    }
    passOverEmptySubfolders();
    files.sort(order);
    return new FolderListing(folder, files, ignored());
  }

  private void addAll(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path path : entries) {
        logAtTimes(folder);
        add(path);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void add(Path path) {
    String name = FileNames.name(path).toLowerCase(Locale.ROOT);
    if (name.startsWith(".")) {
      // Not even looked at: what is hidden may be unreadable.
      pass(path, Kind.HIDDEN);
      return;
    }
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException e) {
      pass(path, Files.isSymbolicLink(path) ? Kind.BROKEN_LINK : Kind.UNREADABLE);
      return;
    }
    if (attributes.isDirectory()) {
      if (!below) {
        pass(path, Kind.SUBFOLDER);
      } else if (Files.isSymbolicLink(path)) {
        links.add(path);
      } else {
        look(path);
      }
    } else if (attributes.isRegularFile() && endings.stream().anyMatch(name::endsWith)) {
      files.add(path);
    } else {
      pass(path, Kind.OTHER);
    }
  }

  private void look(Path folder) {
    try {
      Path real = folder.toRealPath();
      if (!seen.add(real)) {
        pass(folder, Kind.REPEATED_FOLDER);
        return;
      }
      if (realRoot.startsWith(real)) {
        pass(folder, Kind.ENCLOSING_FOLDER);
        return;
      }
      addAll(folder);
      if (folder.getNameCount() == root.getNameCount() + 1) {
        subfolders.add(folder);
      }
    } catch (IOException e) {
      pass(folder, Kind.UNREADABLE);
    }
  }

  private void passOverEmptySubfolders() {
    Set<Path> used = new HashSet<>();
    files.forEach(file -> used.add(file.getName(root.getNameCount())));
    for (Path subfolder : subfolders) {
      if (!used.contains(subfolder.getFileName())) {
        pass(subfolder, Kind.EMPTY_FOLDER);
      }
    }
  }

  private void pass(Path path, Kind kind) {
    counts.merge(kind, 1L, Long::sum);
    List<Path> some = ignored.computeIfAbsent(kind, any -> new ArrayList<>());
    some.add(path);
    // A link may lead to millions.
    if (some.size() == 2 * IgnoredPath.MOST) {
      keepFirst(some);
    }
  }

  private void keepFirst(List<Path> paths) {
    paths.sort(order);
    paths.subList(Math.min(IgnoredPath.MOST, paths.size()), paths.size()).clear();
    keys.clear();
  }

  private List<IgnoredPath> ignored() {
    List<IgnoredPath> all = new ArrayList<>();
    ignored.forEach(
        (kind, paths) -> {
          keepFirst(paths);
          for (int i = 0; i < paths.size(); i++) {
            long count = i == IgnoredPath.MOST - 1 ? counts.get(kind) - i : 1;
            all.add(new IgnoredPath(paths.get(i), kind, count));
          }
        });
    all.sort(Comparator.comparing(IgnoredPath::path, order));
    return all;
  }

  private void logAtTimes(Path folder) {
    looked++;
    if (System.nanoTime() - logged > LOG_NANOS) {
      logged = System.nanoTime();
      LOG.info(
          "Listing {}: {} {} files among {} so far, now in {}",
          FileNames.path(root),
          files.size(),
          what,
          looked,
          FileNames.path(folder));
    }
  }
}
