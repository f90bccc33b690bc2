package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a quantizer the vectors of the first batches, if it wants to start from some. */
final class CodebookStart {
  private static final Logger LOG = LoggerFactory.getLogger(CodebookStart.class);

  private CodebookStart() {}

  /**
   * Starts the model's quantizer.
   *
   * @param data shuffled with the seed, as for training
   */
  static void from(Dataset data, int batch, long seed, VqVae model, Rng rng) {
    int wanted = model.quantizer().vectorsToStart();
    if (wanted == 0) {
      return;
    }
    int dimension = model.quantizer().dimension();
    List<float[]> parts = new ArrayList<>();
    try (Batches batches = Batches.shuffled(data, batch, seed)) {
      long epoch = data.size() / batch;
      for (long count = 0; parts.size() < epoch && count < wanted; ) {
        try (Step step = Step.inference()) {
          parts.add(model.vectors(Trainer.images(step, batches.next())).toFloats());
        }
        count += parts.get(0).length / dimension;
      }
    }
    int each = parts.get(0).length;
    float[] vectors = new float[parts.size() * each];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i), 0, vectors, i * each, each);
    }
    LOG.info("Starting the codebook from {} vectors of the data.", vectors.length / dimension);
    model.quantizer().start(vectors, each / dimension, rng);
  }
}
