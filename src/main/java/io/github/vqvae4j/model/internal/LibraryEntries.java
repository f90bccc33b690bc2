package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvEncoderConfig;
import io.github.vqvae4j.model.blocks.ConvVectorDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvVectorEncoderConfig;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.DenseDecoderConfig;
import io.github.vqvae4j.model.blocks.DenseEncoderConfig;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.blocks.SeriesDecoderConfig;
import io.github.vqvae4j.model.blocks.SeriesEncoderConfig;
import io.github.vqvae4j.model.blocks.StridedDecoderConfig;
import io.github.vqvae4j.model.blocks.StridedEncoderConfig;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.AutoencoderConfig;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vae.VaeConfig;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.model.vqvae.VqVae2Config;
import io.github.vqvae4j.quantize.BinaryQuantizerConfig;
import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig;
import io.github.vqvae4j.quantize.GroupedQuantizerConfig;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizerConfig;
import io.github.vqvae4j.quantize.LatentQuantizerConfig;
import io.github.vqvae4j.quantize.LookupFreeQuantizerConfig;
import io.github.vqvae4j.quantize.ProjectedQuantizerConfig;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.ResidualQuantizerConfig;
import io.github.vqvae4j.quantize.SimVectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;

/** The library's models, encoders, decoders and quantizers. Their names are in published files. */
public final class LibraryEntries implements RegistryEntries {
  @Override
  public void addTo(Registry registry) {
    registry.register("conv-encoder", ConvEncoderConfig.class);
    registry.register("conv-decoder", ConvDecoderConfig.class);
    registry.register("conv-vector-encoder", ConvVectorEncoderConfig.class);
    registry.register("conv-vector-decoder", ConvVectorDecoderConfig.class);
    registry.register("dense-encoder", DenseEncoderConfig.class);
    registry.register("dense-decoder", DenseDecoderConfig.class);
    registry.register("series-encoder", SeriesEncoderConfig.class);
    registry.register("series-decoder", SeriesDecoderConfig.class);
    registry.register("strided-encoder", StridedEncoderConfig.class);
    registry.register("strided-decoder", StridedDecoderConfig.class);
    registry.register("vector-quantizer", VectorQuantizerConfig.class);
    registry.register("finite-scalar-quantizer", FiniteScalarQuantizerConfig.class);
    registry.register("projected-quantizer", ProjectedQuantizerConfig.class);
    registry.register("lookup-free-quantizer", LookupFreeQuantizerConfig.class);
    registry.register("sim-vector-quantizer", SimVectorQuantizerConfig.class);
    registry.register("index-backpropagation-quantizer", IndexBackpropagationQuantizerConfig.class);
    registry.register("grouped-quantizer", GroupedQuantizerConfig.class);
    registry.register("residual-quantizer", ResidualQuantizerConfig.class);
    registry.register("latent-quantizer", LatentQuantizerConfig.class);
    registry.register("binary-quantizer", BinaryQuantizerConfig.class);
    registry.register("vq-vae", VqVae.class, VqVaeParts.class);
    registry.register("vq-vae-2", VqVae2.class, VqVae2Parts.class);
    registry.register("autoencoder", Autoencoder.class, AutoencoderParts.class);
    registry.register("vae", Vae.class, VaeParts.class);
  }

  private record VqVaeParts(
      Encoder.Config encoder, Quantizer.Config quantizer, Decoder.Config decoder)
      implements ImageModel.Config<VqVae> {
    @Override
    public VqVae build() {
      return VqVae.builder().encoder(encoder).quantizer(quantizer).decoder(decoder).build();
    }
  }

  private record VqVae2Parts(VqVae2Config model, Quantizer.Config quantizer)
      implements ImageModel.Config<VqVae2> {
    @Override
    public VqVae2 build() {
      return VqVae2.builder(model).quantizer(quantizer).build();
    }
  }

  private record AutoencoderParts(
      AutoencoderConfig model, Encoder.Config encoder, Decoder.Config decoder)
      implements ImageModel.Config<Autoencoder> {
    @Override
    public Autoencoder build() {
      return Autoencoder.builder()
          .dimension(model.dimension())
          .encoder(encoder)
          .decoder(decoder)
          .build();
    }
  }

  private record VaeParts(VaeConfig model, Encoder.Config encoder, Decoder.Config decoder)
      implements ImageModel.Config<Vae> {
    @Override
    public Vae build() {
      return Vae.builder()
          .latent(model.latent().toArray(Integer[]::new))
          .likelihood(model.likelihood())
          .beta(model.beta())
          .klWarmUp(model.warmUp())
          .encoder(encoder)
          .decoder(decoder)
          .build();
    }
  }
}
