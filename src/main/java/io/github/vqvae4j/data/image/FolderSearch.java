package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.image.IgnoredPath.Kind;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.log.internal.Log;
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

/** Finds the files of a {@link FolderListing}. */
final class FolderSearch {
  private static final Logger LOG = Log.ofProgress(FolderListing.class);
  private static final long LOG_NANOS = 10_000_000_000L;

  private final String fileKind;
  private final List<String> extensions;
  private final boolean recursive;
  private final List<Path> files = new ArrayList<>();
  private final Map<Kind, List<Path>> ignored = new EnumMap<>(Kind.class);
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

  /** The direct subfolders of the root. */
  private final List<Path> subfolders = new ArrayList<>();

  /** Links to folders, which are listed in order after everything that is not a link. */
  private final PriorityQueue<Path> links;

  private final Set<Path> seen = new HashSet<>();
  private final Comparator<Path> order;
  private final Map<Path, String> keys = new HashMap<>();
  private Path root;
  private Path realRoot;
  private long visited;
  private long lastLog = System.nanoTime();

  /**
   * Creates a search.
   *
   * @param fileKind the kind of files, for messages
   * @param extensions the file name extensions, in lower case
   * @param recursive whether subfolders are searched
   */
  FolderSearch(String fileKind, List<String> extensions, boolean recursive) {
    this.fileKind = fileKind;
    this.extensions = extensions;
    this.recursive = recursive;
    order = Comparator.<Path, String>comparing(this::key).thenComparing(Comparator.naturalOrder());
    links = new PriorityQueue<>(order);
  }

  /** Returns a sort key equivalent to comparing the names along the path one by one. */
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

  /** Lists a folder, see {@link FolderListing#images}. */
  FolderListing in(Path folder) throws IOException {
    InputFile.requireFolder(folder, "a folder with " + fileKind + " files");
    root = folder.toAbsolutePath();
    realRoot = root.toRealPath();
    seen.add(realRoot);
    addAll(root);
    while (!links.isEmpty()) {
      visit(links.poll());
    }
    if (files.isEmpty()) {
      List<IgnoredPath> others = ignored();
      throw new BadFileException(
          folder,
          "folder",
          "got no "
              + fileKind
              + " files among "
              + Counts.of(IgnoredPath.count(others), "file")
              + " ("
              + IgnoredPath.summary(others)
              + "), expected one or more whose names end in "
              + String.join(", ", extensions)
              + "; convert them, or pass the folder that contains the "
              + fileKind
              + " files");
    }
    ignoreEmptySubfolders();
    files.sort(order);
    return new FolderListing(folder, files, ignored());
  }

  private void addAll(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path path : entries) {
        logProgress(folder);
        add(path);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void add(Path path) {
    String name = FileNames.name(path).toLowerCase(Locale.ROOT);
    if (name.startsWith(".")) {
      // Attributes are not read, because hidden files may be unreadable.
      ignore(path, Kind.HIDDEN);
      return;
    }
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException e) {
      ignore(path, Files.isSymbolicLink(path) ? Kind.BROKEN_LINK : Kind.UNREADABLE);
      return;
    }
    if (attributes.isDirectory()) {
      if (!recursive) {
        ignore(path, Kind.SUBFOLDER);
      } else if (Files.isSymbolicLink(path)) {
        links.add(path);
      } else {
        visit(path);
      }
    } else if (attributes.isRegularFile() && extensions.stream().anyMatch(name::endsWith)) {
      files.add(path);
    } else {
      ignore(path, Kind.OTHER);
    }
  }

  private void visit(Path folder) {
    try {
      Path real = folder.toRealPath();
      if (!seen.add(real)) {
        ignore(folder, Kind.REPEATED_FOLDER);
        return;
      }
      if (realRoot.startsWith(real)) {
        ignore(folder, Kind.ENCLOSING_FOLDER);
        return;
      }
      addAll(folder);
      if (folder.getNameCount() == root.getNameCount() + 1) {
        subfolders.add(folder);
      }
    } catch (IOException e) {
      ignore(folder, Kind.UNREADABLE);
    }
  }

  private void ignoreEmptySubfolders() {
    Set<Path> used = new HashSet<>();
    files.forEach(file -> used.add(file.getName(root.getNameCount())));
    for (Path subfolder : subfolders) {
      if (!used.contains(subfolder.getFileName())) {
        ignore(subfolder, Kind.EMPTY_FOLDER);
      }
    }
  }

  private void ignore(Path path, Kind kind) {
    counts.merge(kind, 1L, Long::sum);
    List<Path> paths = ignored.computeIfAbsent(kind, any -> new ArrayList<>());
    paths.add(path);
    // A link may point to a folder with millions of files.
    if (paths.size() == 2 * IgnoredPath.MAX_PER_KIND) {
      keepFirst(paths);
    }
  }

  private void keepFirst(List<Path> paths) {
    paths.sort(order);
    paths.subList(Math.min(IgnoredPath.MAX_PER_KIND, paths.size()), paths.size()).clear();
    keys.clear();
  }

  private List<IgnoredPath> ignored() {
    List<IgnoredPath> all = new ArrayList<>();
    ignored.forEach(
        (kind, paths) -> {
          keepFirst(paths);
          for (int i = 0; i < paths.size(); i++) {
            long count = i == IgnoredPath.MAX_PER_KIND - 1 ? counts.get(kind) - i : 1;
            all.add(new IgnoredPath(paths.get(i), kind, count));
          }
        });
    all.sort(Comparator.comparing(IgnoredPath::path, order));
    return all;
  }

  private void logProgress(Path folder) {
    visited++;
    if (System.nanoTime() - lastLog > LOG_NANOS) {
      lastLog = System.nanoTime();
      LOG.info(
          "Listing {}: {} {} files among {} so far, now in {}",
          FileNames.path(root),
          files.size(),
          fileKind,
          visited,
          FileNames.path(folder));
    }
  }
}
