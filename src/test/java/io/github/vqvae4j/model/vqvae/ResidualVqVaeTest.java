package io.github.vqvae4j.model.vqvae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.StageDropout;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.CodebookMonitorConfig;
import io.github.vqvae4j.train.CodebookReport;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models with several codebooks: training, files, reports and decoding of the first stages. */
class ResidualVqVaeTest {
  private static final Dataset IMAGES = Shapes.rectangles(64, 8, 1, 1);

  @TempDir private Path folder;

  private static List<String> names(Evaluation evaluation) {
    return evaluation.usage().stream().map(CodebookUsage::name).toList();
  }

  @Test
  void fewerStagesAreCoarserAndEveryCodebookIsReported() throws IOException {
    CodebookMonitor monitor =
        new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(5).warmUp(5));
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(16).downsample(1).residual(1, 8))
            .quantizer(
                ResidualQuantizer.of(3, VectorQuantizer.ema(8, 4)).dropout(StageDropout.perStep()))
            .decoder(ConvDecoder.channels(1).hidden(16).upsample(1).residual(1, 8))
            .seed(3)
            .build()) {
      Trainer.of(model)
          .optimizer(Adam.rate(3e-3))
          .batch(16)
          .steps(60)
          .workers(2)
          .listener(monitor)
          .listener(RunFolder.in(folder.resolve("run")))
          .quiet()
          .fit(IMAGES);
      assertEquals("stage 0", monitor.report().name());
      Evaluation evaluation = Evaluation.of(model, IMAGES);
      assertEquals(List.of("stage 0", "stage 1", "stage 2"), names(evaluation));
      assertTrue(CodebookReport.of(evaluation, "stage 2").quantizationError() > 0);
      String metrics = Files.readString(folder.resolve("run").resolve("metrics.json"));
      assertTrue(metrics.contains("\"stage-1/perplexity\""), metrics);
      Path file = folder.resolve("model.safetensors");
      model.save(file);
      Codes codes = model.encode(IMAGES);
      try (VqVae loaded = VqVae.load(file)) {
        double before = Double.POSITIVE_INFINITY;
        for (int stages = 1; stages <= 3; stages++) {
          Images decoded = loaded.decode(codes.withStages(stages));
          double error = Images.from(IMAGES).meanSquaredError(decoded);
          assertTrue(error < before, stages + " stages: " + error + " after " + before);
          before = error;
        }
      }
    }
  }

  /** Settings that are not registered. */
  private record Unregistered() implements Quantizer.Config {
    @Override
    public Quantizer build(Rng rng) {
      return new TwoStageQuantizer(true);
    }
  }

  private static VqVae grouped(Quantizer.Config group) {
    return VqVae.builder()
        .encoder(StridedEncoder.channels(1).widths(2))
        .quantizer(GroupedQuantizer.of(2, group))
        .decoder(StridedDecoder.channels(1).widths(2))
        .build();
  }

  @Test
  void groupsOfUnregisteredSettingsAreCustom() throws IOException {
    Path file = folder.resolve("custom.safetensors");
    try (VqVae model = grouped(new Unregistered())) {
      model.save(file);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> VqVae.load(file)),
          "quantizer",
          "this is a custom component, whose settings were not registered");
      Codes codes = model.encode(IMAGES);
      assertEquals(new Codebooks(2, 2, List.of(5, 7, 5, 7)), codes.codebooks());
    }
  }

  @Test
  void unknownKindsOfGroupsAreRejected() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (VqVae model = grouped(VectorQuantizer.ema(4, 1))) {
      model.save(file);
    }
    for (String wrong : List.of("{\"kind\":\"conv-encoder\",", "{\"kind\":7,", "{", "[],{")) {
      SafetensorsFile content = Safetensors.read(file);
      Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
      metadata.computeIfPresent(
          "vqvae4j.config",
          (name, config) ->
              config.replace(
                  "\"group\":{\"kind\":\"vector-quantizer\",",
                  "\"group\":" + wrong.replace("[],{", "[],\"x\":{")));
      Path corrupt = folder.resolve("corrupt");
      Safetensors.write(corrupt, metadata, content.arrays());
      assertMessageContains(
          assertThrows(BadFileException.class, () -> VqVae.load(corrupt)), "quantizer");
    }
  }

  @Test
  void codebooksOfLevelsHaveTheNameOfTheLevel() {
    try (VqVae2 model =
        VqVae2.channels(1)
            .hidden(4)
            .downsample(1, 1)
            .residual(1, 2)
            .quantizer(GroupedQuantizer.of(2, ResidualQuantizer.of(2, VectorQuantizer.ema(4, 2))))
            .build()) {
      Trainer.of(model).batch(16).steps(2).quiet().fit(IMAGES);
      Evaluation evaluation = Evaluation.of(model, IMAGES);
      assertEquals(
          List.of(
              "top/group 0 stage 0",
              "top/group 0 stage 1",
              "top/group 1 stage 0",
              "top/group 1 stage 1"),
          names(evaluation).subList(0, 4));
      double top = CodebookReport.of(evaluation, "top/group 1 stage 0").quantizationError();
      double bottom = CodebookReport.of(evaluation, "bottom/group 0 stage 1").quantizationError();
      assertTrue(top > 0 && bottom > 0 && top != bottom, top + ", " + bottom);
    }
  }
}
