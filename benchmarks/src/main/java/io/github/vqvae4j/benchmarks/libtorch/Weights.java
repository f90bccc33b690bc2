package io.github.vqvae4j.benchmarks.libtorch;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Where the model's first parameters come from. */
public interface Weights {
  /**
   * The parameters of one convolution.
   *
   * @param name of the parameter, as {@code encoder.mix.weight}
   * @param size how many numbers
   * @param fanIn inputs of one output
   * @return them in vqvae4j's layout
   */
  float[] weight(String name, int size, int fanIn);

  /**
   * A bias.
   *
   * @param name of the parameter
   * @param size how many numbers
   * @return the numbers
   */
  float[] bias(String name, int size);

  /**
   * The codebook.
   *
   * @param codes K
   * @param dimension D
   * @return the vectors one after another
   */
  float[] codebook(int codes, int dimension);

  /**
   * New parameters, drawn as in the recipe.
   *
   * @param seed any number
   * @return the source
   */
  static Weights drawn(long seed) {
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
   * The parameters of a model that vqvae4j saved.
   *
   * @param file safetensors
   * @return the source
   * @throws IOException if it cannot be read
   */
  static Weights of(Path file) throws IOException {
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
