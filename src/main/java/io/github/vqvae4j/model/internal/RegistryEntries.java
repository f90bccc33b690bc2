package io.github.vqvae4j.model.internal;

/**
 * Entries of the {@link Registry} that come with a jar, found by {@link java.util.ServiceLoader}:
 * {@code META-INF/services} of the jar names the implementation.
 */
public interface RegistryEntries {
  /** Registers the entries. */
  void addTo(Registry registry);
}
