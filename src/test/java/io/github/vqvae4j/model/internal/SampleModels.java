package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig.UpsampleMode;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.LatentQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Small models with components of all kinds that a file can contain. */
final class SampleModels {
  private SampleModels() {}

  static Map<String, ImageModel> byName() {
    Map<String, ImageModel> models = new LinkedHashMap<>();
    models.put("vq-vae-conv", Shapes.model(1, 7));
    models.put(
        "vq-vae-nearest",
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(0).residual(0, 1))
            .quantizer(VectorQuantizer.gradient(3, 2))
            .decoder(
                ConvDecoder.channels(1)
                    .hidden(4)
                    .upsample(2)
                    .residual(0, 1)
                    .upsampleMode(UpsampleMode.NEAREST))
            .build());
    models.put(
        "vq-vae-series",
        VqVae.builder()
            .encoder(
                SeriesEncoder.channels(2)
                    .hidden(4)
                    .downsample(1)
                    .residual(2, 3)
                    .residual(r -> r.dilationGrowth(1)))
            .quantizer(VectorQuantizer.ema(3, 2))
            .decoder(
                SeriesDecoder.channels(2)
                    .hidden(4)
                    .upsample(1)
                    .residual(2, 3)
                    .residual(r -> r.dilationGrowth(1)))
            .build());
    models.put(
        "vq-vae-strided",
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(2, 3))
            .quantizer(VectorQuantizer.ema(3, 2))
            .decoder(StridedDecoder.channels(1).widths(3, 2))
            .build());
    models.put(
        "vq-vae-finite-scalar",
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(2, 3))
            .quantizer(ProjectedQuantizer.of(3, FiniteScalarQuantizer.levels(5, 4)))
            .decoder(StridedDecoder.channels(1).widths(3, 2))
            .build());
    models.put(
        "vq-vae-latent",
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(2, 3))
            .quantizer(LatentQuantizer.levels(4, 3, 5))
            .decoder(StridedDecoder.channels(1).widths(3, 2))
            .build());
    models.put(
        "vq-vae-lookup-free",
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(2, 3))
            .quantizer(LookupFreeQuantizer.spherical(3))
            .decoder(StridedDecoder.channels(1).widths(3, 2))
            .build());
    models.put(
        "vq-vae-sim-vector",
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(2, 3))
            .quantizer(SimVectorQuantizer.codes(5, 3).fixedDimension(2).bias(true))
            .decoder(StridedDecoder.channels(1).widths(3, 2))
            .build());
    models.put(
        "vq-vae-index-backpropagation",
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(2, 3))
            .quantizer(IndexBackpropagationQuantizer.codes(5, 3))
            .decoder(StridedDecoder.channels(1).widths(3, 2))
            .build());
    models.put(
        "vq-vae-grouped-residual",
        VqVae.builder()
            .encoder(StridedEncoder.channels(1).widths(2, 3))
            .quantizer(GroupedQuantizer.of(2, ResidualQuantizer.of(2, VectorQuantizer.ema(3, 2))))
            .decoder(StridedDecoder.channels(1).widths(3, 2))
            .build());
    models.put(
        "vq-vae-2",
        VqVae2.channels(1)
            .hidden(4)
            .downsample(1, 1)
            .residual(1, 2)
            .quantizer(VectorQuantizer.ema(3, 2))
            .build());
    models.put("vae-dense", LatentModels.vae(7).build());
    models.put("vae-conv", LatentModels.convolutional(7));
    models.put("autoencoder", LatentModels.autoencoder(7));
    return models;
  }
}
