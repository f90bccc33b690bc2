package consumer;

import io.github.vqvae4j.data.ByteImages;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.ConvDecoder;
import io.github.vqvae4j.model.ConvEncoder;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Trains a small model, saves it and loads it; or sees the library refuse a mixture of versions. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    boolean refused = false;
    try {
      train();
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage());
      refused = e.getMessage().contains("Versions of JavaCPP are mixed");
    }
    if (refused != args[0].equals("is refused")) {
      throw new AssertionError("expected that this class path " + args[0]);
    }
  }

  private static void train() throws Exception {
    byte[] pixels = new byte[64 * 16 * 16];
    new Random(1).nextBytes(pixels);
    Dataset noise = ByteImages.of(pixels, 64, 16, 16, 1);
    Path file = Files.createTempFile("model", ".safetensors");
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(8))
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(ConvDecoder.channels(1).hidden(8))
            .build()) {
      System.out.println(Trainer.of(model).batch(16).steps(3).fit(noise));
      model.save(file);
      try (VqVae loaded = VqVae.load(file)) {
        if (!loaded.reconstruct(noise).equals(model.reconstruct(noise))) {
          throw new AssertionError("the loaded model is another one");
        }
      }
    }
    Files.delete(file);
  }
}
