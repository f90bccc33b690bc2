package io.github.vqvae4j.model;

import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.nn.BlockCheck;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.TrainingProgress;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs whole models and their losses on two threads at once. */
class ModelThreadsTest {
  static List<ImageModel> models() {
    return List.of(
        Shapes.model(1, 3, VectorQuantizer.ema(16, 4).init(Initialization.NORMAL)),
        Shapes.model(1, 3, VectorQuantizer.gradient(16, 4).init(Initialization.NORMAL)),
        LatentModels.autoencoder(1),
        LatentModels.vae(1).build(),
        LatentModels.convolutional(1));
  }

  @ParameterizedTest
  @MethodSource("models")
  void modelsAreThreadSafe(ImageModel model) {
    try (model) {
      model.dataVariance(1);
      Function<List<Tensor>, Tensor> loss =
          x -> LossTerm.total(model.loss(x.get(0), new TrainingProgress(1, 0)).terms());
      BlockCheck.of(model, loss, new long[] {2, 8, 8, 1}).checkThreadSafety();
      BlockCheck.of(model, 2, 8, 8, 1).checkThreadSafety();
      model.eval();
      BlockCheck.of(model, loss, new long[] {2, 8, 8, 1}).checkThreadSafety();
    }
  }
}
