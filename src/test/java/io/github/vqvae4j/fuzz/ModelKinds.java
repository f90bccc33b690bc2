package io.github.vqvae4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import io.github.vqvae4j.model.classifier.ImageClassifierConfig;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.PixelCnnConfig;
import io.github.vqvae4j.quantize.BinaryQuantizer;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesBytes;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.LatentQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.StageDropout;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Files of models, detectors and codes. */
final class ModelKinds {
  private static final long MAX_NATIVE_BYTES = 64L << 20;

  private final Path folder;
  private final List<FuzzTarget> kinds = new ArrayList<>();

  private ModelKinds(Path folder) {
    this.folder = folder;
  }

  /** Loads a model. */
  private interface Loader {
    Model load(Path file) throws IOException;
  }

  static List<FuzzTarget> all(Path folder) throws IOException {
    ModelKinds all = new ModelKinds(folder);
    all.vqVaes();
    all.levels();
    all.latentModels();
    all.prior();
    all.classifier();
    all.detector();
    all.codes();
    return all.kinds;
  }

  private void vqVaes() throws IOException {
    model(
        "VQ-VAE",
        VqVae::load,
        vqVae(
            ConvEncoder.channels(1).hidden(4).downsample(1).residual(1, 2),
            ConvDecoder.channels(1).hidden(4).upsample(1).residual(1, 2)),
        vqVae(
            ConvEncoder.channels(3).hidden(2).downsample(2).residual(0, 2),
            ConvDecoder.channels(3).hidden(2).upsample(2).residual(0, 2)));
    model(
        "strided VQ-VAE",
        VqVae::load,
        vqVae(StridedEncoder.channels(1).widths(3), StridedDecoder.channels(1).widths(3)));
    model(
        "VQ-VAE of a finite scalar quantizer",
        VqVae::load,
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .quantizer(
                ProjectedQuantizer.of(2, FiniteScalarQuantizer.symmetric(2, 3, 4).noise(0.5)))
            .decoder(StridedDecoder.channels(1).widths(3))
            .build());
    model(
        "VQ-VAE of random bits",
        VqVae::load,
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .quantizer(BinaryQuantizer.bits(4))
            .decoder(StridedDecoder.channels(1).widths(3))
            .build());
    model(
        "VQ-VAE of latent quantization",
        VqVae::load,
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .quantizer(LatentQuantizer.levels(4, 3, 5, 2))
            .decoder(StridedDecoder.channels(1).widths(3))
            .build());
    model(
        "VQ-VAE of a lookup-free quantizer",
        VqVae::load,
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .quantizer(LookupFreeQuantizer.bits(4).softClamp(2))
            .decoder(StridedDecoder.channels(1).widths(3))
            .build());
    model(
        "VQ-VAE of a SimVQ quantizer",
        VqVae::load,
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .quantizer(SimVectorQuantizer.codes(8, 2).fixedDimension(3))
            .decoder(StridedDecoder.channels(1).widths(3))
            .build());
    model(
        "VQ-VAE of an index backpropagation quantizer",
        VqVae::load,
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .quantizer(IndexBackpropagationQuantizer.codes(8, 2))
            .decoder(StridedDecoder.channels(1).widths(3))
            .build());
    model(
        "VQ-VAE of a grouped residual quantizer",
        VqVae::load,
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .quantizer(
                GroupedQuantizer.of(
                    2,
                    ResidualQuantizer.of(2, VectorQuantizer.ema(4, 2))
                        .dropout(StageDropout.perStep())))
            .decoder(StridedDecoder.channels(1).widths(3))
            .build());
    model(
        "VQ-VAE of series",
        VqVae::load,
        vqVae(
            SeriesEncoder.channels(2).hidden(4).downsample(1).residual(1, 2),
            SeriesDecoder.channels(2).hidden(4).upsample(1).residual(1, 2)));
  }

  private void levels() throws IOException {
    model(
        "VQ-VAE-2",
        VqVae2::load,
        VqVae2.channels(1)
            .hidden(2)
            .downsample(1, 1)
            .residual(1, 2)
            .quantizer(VectorQuantizer.ema(8, 2))
            .build());
  }

  private void latentModels() throws IOException {
    model("autoencoder", Autoencoder::load, LatentModels.autoencoder(1));
    model(
        "convolutional autoencoder",
        Autoencoder::load,
        Autoencoder.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(1).residual(1, 2))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1).residual(1, 2))
            .dimension(2)
            .build());
    model(
        "VAE",
        Vae::load,
        Vae.builder()
            .encoder(DenseEncoder.images(4, 4, 1).hidden(3))
            .decoder(DenseDecoder.images(4, 4, 1).hidden(3))
            .latent(2)
            .build(),
        LatentModels.convolutional(1));
    model(
        "VAE of a map",
        Vae::load,
        Vae.builder()
            .encoder(StridedEncoder.channels(1).widths(3))
            .decoder(StridedDecoder.channels(1).widths(3))
            .latent(4, 4, 2)
            .build());
  }

  private void prior() throws IOException {
    PixelCnnConfig small = PixelCnn.ofCodes(4).size(2, 3).channels(2).headChannels(3);
    model(
        "PixelCNN",
        PixelCnn::load,
        small.layers(1).build(),
        small.layers(2).classes(2).conditionCodebookSize(3).build());
  }

  private void classifier() throws IOException {
    ImageClassifierConfig small = ImageClassifier.images(4, 6, 1).classes(2);
    model("classifier", ImageClassifier::load, small.widths(2).build(), small.widths(2, 3).build());
  }

  private static VqVae vqVae(Encoder.Config encoder, Decoder.Config decoder) {
    return VqVae.builder()
        .encoder(encoder)
        .quantizer(VectorQuantizer.ema(8, 2))
        .decoder(decoder)
        .build();
  }

  private void model(String name, Loader loader, Model... models) throws IOException {
    List<byte[]> intact = new ArrayList<>();
    for (Model model : models) {
      Path file = folder.resolve("model.safetensors");
      model.save(file);
      model.variables().values().forEach(Variable::close);
      intact.add(Files.readAllBytes(file));
    }
    FuzzTarget kind = FuzzTarget.of(name, "a.safetensors", intact, file -> check(loader, file));
    kinds.add(kind);
    kinds.add(kind.repaired(SafetensorsBytes::withHeaderLength, kind.reader()));
  }

  private static void check(Loader loader, Path file) throws IOException {
    long before = Pointer.totalBytes();
    Model model = loader.load(file);
    try {
      long bytes =
          model.variables().values().stream().distinct().mapToLong(v -> 4L * v.size()).sum();
      assertTrue(bytes <= Files.size(file), () -> bytes + " bytes of values from a smaller file");
      long allocated = Pointer.totalBytes() - before;
      assertTrue(allocated <= MAX_NATIVE_BYTES, () -> allocated + " bytes outside the heap");
    } finally {
      model.variables().values().forEach(Variable::close);
    }
  }

  private void detector() throws IOException {
    VqVae model =
        vqVae(
            ConvEncoder.channels(1).hidden(4).downsample(1).residual(1, 2),
            ConvDecoder.channels(1).hidden(4).upsample(1).residual(1, 2));
    Dataset normals = Shapes.rectangles(20, 8, 1, 1);
    Path file = folder.resolve("detector.json");
    AnomalyDetector.calibrate(model, normals, AnomalyConfig.falsePositiveRate(0.2)).save(file);
    kinds.add(
        FuzzTarget.of(
            "anomaly detector",
            "a.json",
            List.of(Files.readAllBytes(file)),
            f -> {
              AnomalyDetector detector = AnomalyDetector.load(f, model);
              assertTrue(Double.isFinite(detector.threshold()), () -> detector.threshold() + "");
              assertTrue(
                  Double.isFinite(detector.heatThreshold()), () -> detector.heatThreshold() + "");
            }));
  }

  private void codes() throws IOException {
    Codes plain = Codes.of(new int[] {0, 1, 2, 3, 4, -1}, 5, 1, 2, 3);
    Codebooks four = new Codebooks(2, 2, List.of(3, 9, 4, 5));
    Codes grouped = Codes.of(new int[] {2, 8, 3, 4, 0, 0, 0, -1}, four, 2, 1);
    List<byte[]> intact = new ArrayList<>();
    for (Codes codes : List.of(plain, grouped.withLabels(7, -1), plain.withLabels(255))) {
      Path file = folder.resolve("some.codes");
      codes.write(file);
      intact.add(Files.readAllBytes(file));
    }
    FuzzTarget kind = FuzzTarget.of("codes", "a.codes", intact, ModelKinds::checkCodes);
    kinds.add(kind);
    kinds.add(kind.repaired(CodesBytes::withChecksums, kind.reader()));
  }

  private static void checkCodes(Path file) throws IOException {
    Codes codes = Codes.read(file);
    int[] values = codes.values();
    List<Integer> sizes = codes.codebooks().sizes();
    long length = Arrays.stream(codes.shape()).asLongStream().reduce(sizes.size(), (a, b) -> a * b);
    assertEquals(length, values.length);
    assertTrue(length <= 8L * Files.size(file), "more codes than bits");
    for (int i = 0; i < values.length; i++) {
      int value = values[i];
      assertTrue(value >= -1 && value < sizes.get(i % sizes.size()), () -> "code " + value);
    }
    for (int label : codes.labels().orElse(new int[codes.count()])) {
      assertTrue(label >= -1, () -> "label " + label);
    }
  }
}
