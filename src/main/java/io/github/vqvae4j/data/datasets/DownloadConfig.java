package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The settings of downloads.
 *
 * <pre>{@code
 * URI mirror = URI.create("https://example.org/mnist/");
 * DownloadConfig config = DownloadConfig.defaults().cache(Path.of("/data/cache")).mirrors(mirror);
 * MnistData mnist = Mnist.download(config);
 * }</pre>
 *
 * @param cache the folder that contains a subfolder for each dataset; by default the system
 *     property {@code vqvae4j.cache}, or else {@code .cache/vqvae4j} in the user's home directory;
 *     null if neither is known, such as for a user without a passwd entry in a container, in which
 *     case a download throws an exception that asks for a cache folder
 * @param mirrors the URLs of folders that contain the files under their original names, tried in
 *     order; empty by default, for the dataset's default mirrors
 * @param connectTimeout the maximum time to establish a connection; 10 seconds by default
 * @param stallTimeout the maximum time without receiving data; 30 seconds by default
 * @param attempts the maximum number of consecutive failures of a mirror; progress of 65,536 bytes,
 *     or 1/256 of a smaller file, resets the count; 3 by default
 * @param listener the listener notified of progress; {@link DownloadListener#NONE} by default.
 *     Progress is logged in any case
 */
public record DownloadConfig(
    Path cache,
    List<URI> mirrors,
    Duration connectTimeout,
    Duration stallTimeout,
    int attempts,
    DownloadListener listener) {
  private static final String CACHE_PROPERTY = "vqvae4j.cache";

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if the URL of a mirror is not http or https, a timeout is less
   *     than 1 ms, or {@code attempts} is below 1
   */
  public DownloadConfig {
    mirrors =
        Require.list(URI.class, "DownloadConfig.mirrors", mirrors).stream()
            .map(DownloadConfig::folder)
            .toList();
    checkTimeout("DownloadConfig.connectTimeout", connectTimeout);
    checkTimeout("DownloadConfig.stallTimeout", stallTimeout);
    Require.that(attempts >= 1, "DownloadConfig.attempts", "at least 1", attempts);
    Require.nonNull(DownloadListener.class, "DownloadConfig.listener", listener);
  }

  private static void checkTimeout(String component, Duration timeout) {
    Require.nonNull(Duration.class, component, timeout);
    boolean valid = timeout.compareTo(Duration.ofMillis(1)) >= 0;
    Require.that(valid, component, "at least 1 ms", timeout);
  }

  /** Returns the URL with a trailing slash, as required to resolve file names against it. */
  private static URI folder(URI mirror) {
    String scheme = String.valueOf(mirror.getScheme());
    Require.that(
        scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"),
        "DownloadConfig.mirrors",
        "URLs that begin with http:// or https://",
        mirror);
    return mirror.toString().endsWith("/") ? mirror : URI.create(mirror + "/");
  }

  /**
   * Returns the default settings.
   *
   * @return the settings
   */
  public static DownloadConfig defaults() {
    return new DownloadConfig(
        defaultCache(),
        List.of(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        3,
        DownloadListener.NONE);
  }

  /**
   * Returns null if the home directory is unknown: Java then reports "?", or a wrong name without a
   * locale.
   */
  private static Path defaultCache() {
    String cache = System.getProperty(CACHE_PROPERTY);
    if (cache != null) {
      return Path.of(cache);
    }
    File home = new File(System.getProperty("user.home", ""));
    return home.isAbsolute() && home.isDirectory()
        ? home.toPath().resolve(Path.of(".cache", "vqvae4j"))
        : null;
  }

  /**
   * Sets the cache folder.
   *
   * @param folder the folder; created if missing
   * @return a copy with the new value
   */
  public DownloadConfig cache(Path folder) {
    return Records.with(this, "cache", folder);
  }

  /**
   * Sets the mirrors.
   *
   * @param urls the URLs, in the order in which they are tried; none for the dataset's default
   *     mirrors
   * @return a copy with the new value
   */
  public DownloadConfig mirrors(URI... urls) {
    return Records.with(this, "mirrors", urls);
  }

  /**
   * Sets the timeouts.
   *
   * @param connect the maximum time to establish a connection
   * @param stall the maximum time without receiving data
   * @return a copy with the new value
   */
  public DownloadConfig timeouts(Duration connect, Duration stall) {
    return Records.with(this, "connectTimeout", connect, "stallTimeout", stall);
  }

  /**
   * Sets the maximum number of consecutive failures of a mirror.
   *
   * @param count the maximum, at least 1
   * @return a copy with the new value
   */
  public DownloadConfig attempts(int count) {
    return Records.with(this, "attempts", count);
  }

  /**
   * Sets the listener notified of progress.
   *
   * @param newListener the listener
   * @return a copy with the new value
   */
  public DownloadConfig listener(DownloadListener newListener) {
    return Records.with(this, "listener", newListener);
  }
}
