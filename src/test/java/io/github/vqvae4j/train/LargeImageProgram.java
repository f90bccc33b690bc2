package io.github.vqvae4j.train;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Latents;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/**
 * Passes a large image to each operation that takes images. For each, prints the exception, the
 * growth of off-heap memory in bytes, and whether a small image and all weights are unchanged.
 */
final class LargeImageProgram {
  private static final int HIDDEN = 64;

  private final Dataset small = Shapes.rectangles(20, 32, 1, 2);
  private final VqVae model =
      VqVae.builder()
          .encoder(ConvEncoder.channels(1).hidden(HIDDEN).downsample(1))
          .quantizer(VectorQuantizer.ema(16, 4))
          .decoder(ConvDecoder.channels(1).hidden(HIDDEN).upsample(1))
          .build();
  private final Autoencoder autoencoder =
      Autoencoder.builder()
          .encoder(ConvEncoder.channels(1).hidden(HIDDEN).downsample(1))
          .decoder(ConvDecoder.channels(1).hidden(HIDDEN).upsample(1))
          .dimension(1)
          .build();

  private LargeImageProgram() {}

  /** Takes the side length of the image and the names of operations. */
  public static void main(String... arguments) throws InterruptedException {
    List<String> names = List.of(arguments).subList(1, arguments.length);
    new LargeImageProgram().run(Integer.parseInt(arguments[0]), names);
  }

  private void run(int side, List<String> names) throws InterruptedException {
    Dataset large = Shapes.rectangles(1, side, 1, 1);
    Map<String, Runnable> work = new LinkedHashMap<>();
    Trainer.of(model).batch(4).steps(2).fit(small);
    AnomalyDetector detector =
        AnomalyDetector.calibrate(model, small, AnomalyConfig.falsePositiveRate(0.2));
    Vae vae =
        Vae.builder()
            .encoder(ConvEncoder.channels(1).hidden(HIDDEN).downsample(1))
            .decoder(ConvDecoder.channels(1).hidden(HIDDEN).upsample(1))
            .latent(side / 2, side / 2, 2)
            .build();
    work.put("Autoencoder.encode", () -> autoencoder.encode(large));
    Latents latents = Latents.of(new float[side * side / 4], 1, side / 2, side / 2, 1);
    work.put("Autoencoder.decode", () -> autoencoder.decode(latents));
    work.put("Autoencoder.reconstruct", () -> autoencoder.reconstruct(large));
    work.put("Vae.reconstruct", () -> vae.reconstruct(large));
    work.put("AnomalyDetector.scores", () -> detector.scores(large));
    work.put("Evaluation.of", () -> Evaluation.of(model, large));
    work.put("Trainer.fit", () -> Trainer.of(model).batch(1).steps(1).fit(large));
    work.keySet().retainAll(names);
    for (Map.Entry<String, Runnable> one : work.entrySet()) {
      // Memory retained by a pass of a small image belongs to the baseline.
      Images expected = model.reconstruct(small);
      collect();
      long before = Pointer.totalBytes();
      Map<String, float[]> weights = States.of(model);
      String end = "done";
      try {
        one.getValue().run();
      } catch (RuntimeException | Error e) {
        end = e.toString();
      }
      collect();
      long grew = Pointer.totalBytes() - before;
      boolean same = expected.equals(model.reconstruct(small));
      States.assertSame(weights, States.of(model));
      System.out.println(String.join("\t", List.of(one.getKey(), "" + grew, "" + same, end)));
    }
    System.out.println(Arrays.toString(model.encode(small).shape()));
  }

  /** Small oneDNN objects are released by the garbage collector. */
  private static void collect() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      System.gc();
      Thread.sleep(50);
    }
  }
}
