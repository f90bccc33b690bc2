package io.github.vqvae4j.data;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How data sets are downloaded.
 *
 * @param cache the folder in which each data set has a folder of its own; by default the system
 *     property {@code vqvae4j.cache}, or else {@code .cache/vqvae4j} in the user's home; null where
 *     neither is known, as for a user of a container that has no entry there, and then a download
 *     says that one must be chosen
 * @param mirrors addresses that are tried in their order, each of a folder that holds the files
 *     under their usual names; by default empty, which takes the data set's own
 * @param connectTimeout how long making a connection may take; by default 10 seconds
 * @param stallTimeout how long nothing may come before the connection is given up; by default 30
 *     seconds
 * @param attempts how many times in a row a mirror may fail; further bytes, 65,536 or 1/256 of a
 *     smaller file, begin the count anew; by default 3
 * @param listener is told how far it is; by default {@link DownloadListener#NONE}. The log has a
 *     line now and then in any case
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
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a mirror's address is not of http or https, a time not
   *     above 0, or attempts below 1
   */
  public DownloadConfig {
    mirrors =
        Require.list(URI.class, "DownloadConfig.mirrors", mirrors).stream()
            .map(DownloadConfig::folder)
            .toList();
    checkTimeout("DownloadConfig.connectTimeout", connectTimeout);
    checkTimeout("DownloadConfig.stallTimeout", stallTimeout);
    Require.that(attempts >= 1, "DownloadConfig.attempts", "at least 1", attempts);
    Require.present(DownloadListener.class, "DownloadConfig.listener", listener);
  }

  private static void checkTimeout(String component, Duration timeout) {
    Require.present(Duration.class, component, timeout);
    boolean holds = timeout.compareTo(Duration.ofMillis(1)) >= 0;
    Require.that(holds, component, "at least 1 ms", timeout);
  }

  /** The address, with the slash at its end that makes it one of a folder. */
  private static URI folder(URI mirror) {
    String scheme = String.valueOf(mirror.getScheme());
    Require.that(
        scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"),
        "DownloadConfig.mirrors",
        "addresses that begin with http:// or https://",
        mirror);
    return mirror.toString().endsWith("/") ? mirror : URI.create(mirror + "/");
  }

  /**
   * The defaults.
   *
   * @return the settings
   */
  public static DownloadConfig of() {
    return new DownloadConfig(
        usualCache(),
        List.of(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        3,
        DownloadListener.NONE);
  }

  /** Java calls a home that it does not know "?", and without a locale others by wrong names. */
  private static Path usualCache() {
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
   * Sets the cache.
   *
   * @param folder made if it is missing
   * @return these settings with it
   */
  public DownloadConfig cache(Path folder) {
    return Records.with(this, "cache", folder);
  }

  /**
   * Sets where the files come from.
   *
   * @param addresses in the order in which they are tried; none for the data set's own
   * @return these settings with them
   */
  public DownloadConfig mirrors(URI... addresses) {
    return Records.with(this, "mirrors", addresses);
  }

  /**
   * Sets the times after which a connection is given up.
   *
   * @param connect how long making it may take
   * @param stall how long nothing may come
   * @return these settings with them
   */
  public DownloadConfig timeouts(Duration connect, Duration stall) {
    return Records.with(this, "connectTimeout", connect, "stallTimeout", stall);
  }

  /**
   * Sets how many times in a row a mirror may fail.
   *
   * @param count 1 or more
   * @return these settings with it
   */
  public DownloadConfig attempts(int count) {
    return Records.with(this, "attempts", count);
  }

  /**
   * Sets who is told how far it is.
   *
   * @param newListener the listener
   * @return these settings with it
   */
  public DownloadConfig listener(DownloadListener newListener) {
    return Records.with(this, "listener", newListener);
  }
}
