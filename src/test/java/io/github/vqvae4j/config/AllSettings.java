package io.github.vqvae4j.config;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.data.datasets.DownloadConfig;
import io.github.vqvae4j.data.datasets.DownloadListener;
import io.github.vqvae4j.data.image.Augmentation;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import io.github.vqvae4j.data.series.CsvConfig;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import io.github.vqvae4j.model.vae.AutoencoderConfig;
import io.github.vqvae4j.model.vae.Likelihood;
import io.github.vqvae4j.model.vae.VaeConfig;
import io.github.vqvae4j.model.vqvae.VqVae2Config;
import io.github.vqvae4j.nn.BatchNormConfig;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.GroupNormConfig;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.LayerNormConfig;
import io.github.vqvae4j.nn.LinearConfig;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.nn.ResnetConfig;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.Sampling;
import io.github.vqvae4j.quantize.BinaryQuantizer;
import io.github.vqvae4j.quantize.EmaConfig;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.quantize.LatentQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.RandomProjectionConfig;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.StageDropout;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.serve.BatchLimits;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.train.CodebookMonitorConfig;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** All configuration records, with values for their components. */
final class AllSettings {
  /** One of each; {@link SettersTest#allConfigurationRecordsAreListed} reports missing ones. */
  static final List<Record> SETTINGS =
      List.of(
          ConvConfig.of(4, 4, 3).stride(3),
          LinearConfig.of(2, 3),
          LayerNormConfig.of(4),
          GroupNormConfig.of(2, 4),
          BatchNormConfig.of(3),
          ResidualConfig.of(2, 3),
          ResnetConfig.of(4, 2, 2),
          VectorQuantizer.gradient(4, 3).deadCodeThreshold(0),
          FiniteScalarQuantizer.symmetric(4, 3),
          LookupFreeQuantizer.bits(3),
          SimVectorQuantizer.codes(4, 3),
          IndexBackpropagationQuantizer.codes(4, 3),
          GroupedQuantizer.of(2, VectorQuantizer.ema(4, 3)),
          ResidualQuantizer.of(2, VectorQuantizer.ema(4, 3)),
          ProjectedQuantizer.of(5, VectorQuantizer.ema(4, 3)),
          LatentQuantizer.levels(4, 3),
          BinaryQuantizer.bits(3),
          RandomProjectionConfig.of(3),
          EmaConfig.DEFAULT.zeroDebiased(false),
          KMeansConfig.of(3),
          ConvEncoder.channels(3),
          ConvDecoder.channels(3),
          ConvEncoder.channels(3).vector(8, 16),
          ConvDecoder.channels(3).vector(8, 16),
          SeriesEncoder.channels(3),
          SeriesDecoder.channels(3),
          StridedEncoder.channels(3),
          StridedDecoder.channels(3),
          DenseEncoder.images(8, 6, 1),
          DenseDecoder.images(8, 6, 1),
          new AutoencoderConfig(7),
          new VqVae2Config(3, 6, List.of(1, 2), ResidualConfig.of(1, 4), Initializer.TORCH),
          new VaeConfig(List.of(2, 4, 3), Likelihood.gaussian(0.1), 1, 5),
          Likelihood.gaussian(0.1),
          AnomalyConfig.falsePositiveRate(0.01),
          CodebookMonitorConfig.DEFAULT,
          ImageFolderConfig.of(8),
          CsvConfig.DEFAULT,
          DownloadConfig.defaults(),
          Augmentation.NONE,
          Sampling.DEFAULT,
          BatchLimits.DEFAULT,
          PixelCnn.ofCodes(8),
          ImageClassifier.images(8, 6, 1));

  private static final List<UnaryOperator<ResidualConfig>> CHANGES =
      List.of(r -> r.dilationGrowth(2), r -> r.bias(false).skip(Skip.RECTIFIED));

  /** Values to try; some setters reject some of them. */
  private static final Map<Class<?>, List<?>> VALUES =
      Map.ofEntries(
          Map.entry(int.class, List.of(1, 2, 5, 4, 3, 6)),
          Map.entry(long.class, List.of(7L, 2L)),
          Map.entry(double.class, List.of(0.25, 0.75, 3.0)),
          Map.entry(boolean.class, List.of(true, false)),
          Map.entry(char.class, List.of(';', '|')),
          Map.entry(List.class, List.of(List.of("p", "q"))),
          Map.entry(Integer[].class, List.of((Object) new Integer[] {5, 7})),
          Map.entry(Path.class, List.of(Path.of("cache"))),
          Map.entry(URI[].class, List.of((Object) new URI[] {URI.create("http://mirror/")})),
          Map.entry(Duration.class, List.of(Duration.ofSeconds(5), Duration.ofSeconds(7))),
          Map.entry(DownloadListener.class, List.of((DownloadListener) progress -> {})),
          Map.entry(ConvOptions.class, List.of(ConvOptions.of(2, 1))),
          Map.entry(UnaryOperator.class, CHANGES),
          Map.entry(StageDropout.class, List.of(StageDropout.perStep(), StageDropout.choice(1, 2))),
          Map.entry(EmaConfig.class, List.of(EmaConfig.DEFAULT.decay(0.5))));

  static List<?> values(Class<?> type) {
    return type.isEnum() ? List.of(type.getEnumConstants()) : VALUES.get(type);
  }

  /** Returns the methods that return a modified copy of the record. */
  static List<Method> setters(Class<?> record) {
    return Arrays.stream(record.getMethods())
        .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isSynthetic())
        .filter(m -> m.getDeclaringClass() != Quantizer.Config.class) // other quantizers
        .filter(m -> m.getReturnType() == record || m.getReturnType() == Record.class)
        .toList();
  }

  static Map<String, Object> components(Record record) {
    Object[] values = Records.values(record);
    Map<String, Object> components = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      components.put(component.getName(), values[components.size()]);
    }
    return components;
  }

  private AllSettings() {}
}
