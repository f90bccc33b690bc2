package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training reports contain the number of corrupt images that were skipped. */
class SkippedFilesTest {
  @TempDir Path folder;

  @Test
  void reportCountsSkippedFiles() throws IOException {
    Path photos = Files.createDirectory(folder.resolve("photos"));
    for (int i = 0; i < 4; i++) {
      float[] pixels = new float[64];
      pixels[i] = 1;
      Images.write(Images.of(pixels, 1, 8, 8, 1), photos.resolve(i + ".png"));
    }
    Dataset sound = ImageFolder.in(photos, ImageFolderConfig.of(8).gray());
    Files.writeString(photos.resolve("bad.png"), "no image");
    Files.writeString(photos.resolve("worse.jpg"), "no image");
    Dataset rest = ImageFolder.in(photos, ImageFolderConfig.of(8).gray().skipCorrupt(true));
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(1))
            .quantizer(VectorQuantizer.ema(4, 2))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1))
            .build()) {
      RunFolder run = RunFolder.create(folder, "photos");
      TrainingReport report = Trainer.of(model).batch(2).steps(1).listener(run).fit(rest);
      assertEquals(2, report.skippedFiles());
      assertTrue(report.toString().contains("2 corrupt files skipped"), report.toString());
      String metrics = Files.readString(run.path().resolve("metrics.json"));
      assertTrue(metrics.contains("\"skippedFiles\": 2"), metrics);
      report = Trainer.of(model).batch(2).steps(1).fit(sound);
      assertEquals(0, report.skippedFiles());
      assertFalse(report.toString().contains("skipped"), report.toString());
    }
  }
}
