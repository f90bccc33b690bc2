package io.github.vqvae4j.benchmarks.libtorch;

import io.github.vqvae4j.benchmarks.Implementation;
import io.github.vqvae4j.benchmarks.Noise;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import java.util.Arrays;
import java.util.function.DoublePredicate;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The libtorch implementation. vqvae4j's loader prefetches the batches on a separate thread. */
@SuppressWarnings("try") // Scopes and guards are effective while they are open.
public final class Libtorch implements Implementation {
  private static final int REDUCTION = 4;
  private static final double LEARNING_RATE = 3e-4;
  private static final float COMMITMENT = 0.25f;
  private static final float CENTER = 0.5f;

  private final int codebookSize;
  private final int imageSize;
  private final Layout layout;
  private final Network network;
  private final Codebook codebook;
  private final Adam adam;
  private final Scalar commitment;
  private final Scalar plusCenter;
  private final Scalar minusCenter;
  private FloatPointer pixels;

  /**
   * Creates a model.
   *
   * @param codebookSize the number of codes, K
   * @param imageSize the height and width of the images in pixels
   * @param layout the memory layout of images and weights
   * @param weights the initial parameters
   */
  public Libtorch(int codebookSize, int imageSize, Layout layout, Weights weights) {
    this.codebookSize = codebookSize;
    this.imageSize = imageSize;
    this.layout = layout;
    Natives.extract();
    commitment = new Scalar(COMMITMENT);
    plusCenter = new Scalar(CENTER);
    minusCenter = new Scalar(-CENTER);
    pixels = new FloatPointer(0);
    torch.set_num_threads(Runtime.getRuntime().availableProcessors());
    codebook = new Codebook(codebookSize, weights);
    network = new Network(weights, layout);
    adam =
        new Adam(
            new TensorVector(network.parameters().toArray(new Tensor[0])),
            new AdamOptions(LEARNING_RATE));
  }

  /**
   * Returns the number of parameters.
   *
   * @return the number of values, including the codebook
   */
  public long parameterCount() {
    return codebook.parameterCount() + network.parameters().stream().mapToLong(Tensor::numel).sum();
  }

  @Override
  public void train(Dataset images, int batch, DoublePredicate shouldContinue) {
    float variance = (float) images.variance();
    try (Batches<ImageBatch> batches = Batches.shuffled(images, batch, SHUFFLE_SEED)) {
      float loss;
      do {
        loss = step(batches.next(), variance);
      } while (shouldContinue.test(loss));
    }
  }

  /**
   * Runs a training step.
   *
   * @param batch the images with pixel values in [0, 1]
   * @param variance the variance of the training data
   * @return the loss before the update
   */
  public float step(ImageBatch batch, float variance) {
    try (PointerScope scope = new PointerScope()) {
      Tensor images = toImages(batch.images(), batch.count());
      Tensor encoderOutputs = network.encode(images);
      Tensor latents;
      Tensor codes;
      Tensor quantized;
      Tensor difference;
      try (NoGradGuard guard = new NoGradGuard()) {
        latents = toRows(encoderOutputs);
        codes = codebook.nearest(latents);
        quantized = fromRows(codebook.lookup(codes), batch.count());
        difference = quantized.sub(encoderOutputs);
      }
      Tensor reconstruction = network.decode(encoderOutputs.add(difference));
      Tensor loss =
          torch
              .mse_loss(reconstruction, images)
              .div(new Scalar(variance))
              .add(torch.mse_loss(encoderOutputs, quantized), commitment);
      loss.backward();
      adam.step();
      adam.zero_grad();
      try (NoGradGuard guard = new NoGradGuard()) {
        codebook.update(latents, codes);
      }
      return loss.item_float();
    }
  }

  /** Converts pixels in [0, 1], [n, h, w, 3], to centered images [n, 3, h, w]. */
  private Tensor toImages(float[] values, int count) {
    if (pixels.limit() < values.length) {
      pixels.close();
      pixels = new FloatPointer(values.length);
      pixels.retainReference();
    }
    pixels.put(values);
    Tensor images = torch.from_blob(pixels, count, imageSize, imageSize, 3).add(minusCenter);
    return layout.convert(images.permute(0, 3, 1, 2));
  }

  /** Converts [n, 64, h, w] to rows [n h w, 64]. */
  private static Tensor toRows(Tensor encoderOutputs) {
    return encoderOutputs.permute(0, 2, 3, 1).reshape(-1, Codebook.DIMENSION);
  }

  /** Converts rows [n h w, 64] to [n, 64, h, w]. */
  private Tensor fromRows(Tensor rows, int count) {
    int size = imageSize / REDUCTION;
    return layout.convert(rows.view(count, size, size, Codebook.DIMENSION).permute(0, 3, 1, 2));
  }

  @Override
  public Runnable reconstruction(int batch) {
    Dataset images = Noise.images(batch, imageSize);
    return () -> {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor codes = encode(images);
        toPixels(network.decode(fromRows(codebook.lookup(codes), batch)));
      }
    };
  }

  private Tensor encode(Dataset images) {
    int valuesPerImage = imageSize * imageSize * 3;
    float[] values = new float[images.size() * valuesPerImage];
    for (int i = 0; i < images.size(); i++) {
      images.image(i, values, i * valuesPerImage);
    }
    return codebook.nearest(toRows(network.encode(toImages(values, images.size()))));
  }

  private float[] toPixels(Tensor images) {
    Tensor nhwc = images.permute(0, 2, 3, 1).add(plusCenter).contiguous();
    float[] values = new float[Math.toIntExact(nhwc.numel())];
    nhwc.data_ptr_float().get(values);
    return values;
  }

  @Override
  public Runnable encoding(int batch) {
    Dataset images = Noise.images(batch, imageSize);
    return () -> {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor codes = encode(images);
        long[] values = new long[Math.toIntExact(codes.numel())];
        new LongPointer(codes.data_ptr()).get(values);
      }
    };
  }

  @Override
  public Runnable decoding(int batch) {
    int size = imageSize / REDUCTION;
    int[] values = Noise.codes(batch * size * size, codebookSize);
    return () -> {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor codes = torch.tensor(Arrays.stream(values).asLongStream().toArray());
        toPixels(network.decode(fromRows(codebook.lookup(codes), batch)));
      }
    };
  }

  @Override
  public void close() {
    adam.close();
    pixels.close();
  }
}
