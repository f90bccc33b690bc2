package io.github.vqvae4j.benchmarks.libtorch;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The initial parameters of the libtorch model. */
public interface Weights {
  /**
   * Returns the weights of a convolution.
   *
   * @param name the name of the parameter, such as {@code encoder.mix.weight}
   * @param size the number of values
   * @param fanIn the number of inputs per output
   * @return the values in vqvae4j's layout
   */
  float[] weight(String name, int size, int fanIn);

  /**
   * Returns the bias of a convolution.
   *
   * @param name the name of the parameter
   * @param size the number of values
   * @return the values
   */
  float[] bias(String name, int size);

  /**
   * Returns the codebook.
   *
   * @param codes the number of codes, K
   * @param dimension the dimension of the embeddings, D
   * @return the embeddings [K, D] in row-major order
   */
  float[] codebook(int codes, int dimension);

  /**
   * Returns random parameters with the distributions of the recipe.
   *
   * @param seed the random seed
   * @return the parameters
   */
  static Weights random(long seed) {
    Rng rng = new Rng(seed);
    return new Weights() {
      @Override
      public float[] weight(String name, int size, int fanIn) {
        return Initializer.TRUNCATED_NORMAL.weights(rng, fanIn, fanIn, size);
      }

      @Override
      public float[] bias(String name, int size) {
        return new float[size];
      }

      @Override
      public float[] codebook(int codes, int dimension) {
        float[] values = new float[codes * dimension];
        double bound = Math.sqrt(3.0 / dimension);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (bound * (2 * rng.nextDouble() - 1));
        }
        return values;
      }
    };
  }

  /**
   * Loads the parameters of a model saved by vqvae4j.
   *
   * @param file the safetensors file
   * @return the parameters
   * @throws IOException if the file cannot be read
   */
  static Weights load(Path file) throws IOException {
    Map<String, NamedArray> arrays = Safetensors.read(file).arrays();
    return new Weights() {
      @Override
      public float[] weight(String name, int size, int fanIn) {
        return arrays.get(name).floats();
      }

      @Override
      public float[] bias(String name, int size) {
        return arrays.get(name).floats();
      }

      @Override
      public float[] codebook(int codes, int dimension) {
        return arrays.get("quantizer.codebook").floats();
      }
    };
  }
}
