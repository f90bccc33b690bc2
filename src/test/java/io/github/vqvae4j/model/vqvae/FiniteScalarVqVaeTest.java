package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.Sampling;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.CodebookMonitorConfig;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VQ-VAE without a codebook: training, files, codes and a prior. */
class FiniteScalarVqVaeTest {
  private static final Dataset IMAGES = Shapes.rectangles(64, 8, 1, 1);

  @TempDir private Path folder;

  private static VqVae model() {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(1).hidden(16).downsample(1).residual(1, 8))
        .quantizer(ProjectedQuantizer.of(6, FiniteScalarQuantizer.symmetric(4, 3, 2).noise(0.5)))
        .decoder(ConvDecoder.channels(1).hidden(16).upsample(1).residual(1, 8))
        .seed(3)
        .build();
  }

  private static double error(VqVae model) {
    return Images.from(IMAGES).meanSquaredError(model.reconstruct(IMAGES));
  }

  @Test
  void itLearnsAndItsCodesAreDecodedByTheSavedModel() throws IOException {
    try (VqVae model = model()) {
      double first = error(model);
      Trainer.of(model)
          .optimizer(Adam.rate(3e-3))
          .batch(16)
          .steps(60)
          .workers(2)
          .listener(new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(5).warmUp(5)))
          .listener(RunFolder.in(folder.resolve("run")))
          .quiet()
          .fit(IMAGES);
      assertTrue(error(model) < 0.5 * first, () -> error(model) + " after " + first);
      Codes codes = model.encode(IMAGES);
      assertEquals(24, codes.codebooks().sizes().get(0));
      Images reconstructions = model.decode(codes);
      Path file = folder.resolve("model.safetensors");
      Path codeFile = folder.resolve("some.codes");
      model.save(file);
      codes.write(codeFile);
      try (VqVae loaded = VqVae.load(file)) {
        assertEquals(0, reconstructions.meanSquaredError(loaded.decode(Codes.read(codeFile))));
      }
      try (PixelCnn prior = PixelCnn.forCodesOf(model).layers(1).channels(4).build()) {
        Trainer.of(prior).batch(16).steps(2).quiet().fit(codes);
        Codes sampled = prior.sample(2, Condition.NONE, Sampling.DEFAULT, 1);
        assertEquals(codes.codebooks(), sampled.codebooks());
        assertEquals(2, model.decode(sampled).size());
      }
    }
  }
}
