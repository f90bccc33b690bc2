package consumer;

import io.github.vqvae4j.model.internal.Registry;
import io.github.vqvae4j.model.internal.RegistryEntries;

/**
 * Stands for the entries of another jar, whose service file has the name of the library's. In the
 * fat jar, models load only if both files were merged.
 */
public final class OtherEntries implements RegistryEntries {
  @Override
  public void addTo(Registry registry) {
    System.out.println("The service file of the other jar is in use.");
  }
}
