package io.github.vqvae4j.prior;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.internal.BlockFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Reads and writes priors: {@link BlockFile}s, with the hash of the model if it is known. */
final class PixelCnnFile {
  private static final String MODEL_HASH = "vqvae4j.priorModelHash";

  private static final BlockFile<PixelCnnConfig, PixelCnn> FILE =
      new BlockFile<>(
          "PixelCnn", "vqvae4j.prior", "pixel-cnn", PixelCnnConfig.class, PixelCnnConfig::build);

  private PixelCnnFile() {}

  static void save(Path file, PixelCnn prior) throws IOException {
    Map<String, String> hash =
        prior.modelHash().map(known -> Map.of(MODEL_HASH, known)).orElse(Map.of());
    FILE.save(file, prior.config(), prior, hash);
  }

  /** Returns a new prior. Memory is only allocated for arrays that the file contains. */
  static PixelCnn load(Path file) throws IOException {
    SafetensorsFile content = Safetensors.read(file);
    String hash = modelHash(file, content.metadata());
    PixelCnn prior = FILE.load(file, content);
    prior.binding().set(hash);
    return prior;
  }

  /** Returns the hash of the model; null if the file has none. */
  private static String modelHash(Path file, Map<String, String> metadata) throws BadFileException {
    String hash = metadata.get(MODEL_HASH);
    if (hash != null && !hash.matches("[0-9a-f]{64}")) {
      throw new BadFileException(
          file,
          "metadata " + MODEL_HASH,
          "expected 64 hexadecimal digits, got "
              + MessageText.excerpt(hash)
              + "; the file is corrupt, replace it with an intact copy");
    }
    return hash;
  }
}
