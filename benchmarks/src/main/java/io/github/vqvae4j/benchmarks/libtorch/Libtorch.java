package io.github.vqvae4j.benchmarks.libtorch;

import io.github.vqvae4j.benchmarks.Contestant;
import io.github.vqvae4j.benchmarks.Noise;
import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
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

/** libtorch, with the data of vqvae4j's loader, which reads ahead on a thread of its own. */
@SuppressWarnings("try") // Scopes and guards act by being open.
public final class Libtorch implements Contestant {
  private static final int REDUCTION = 4;
  private static final double RATE = 3e-4;
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
   * The model with new parameters.
   *
   * @param codebookSize K
   * @param imageSize height and width of the images
   * @param layout of images and weights
   * @param weights the first parameters
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
            new TensorVector(network.parameters().toArray(new Tensor[0])), new AdamOptions(RATE));
  }

  /**
   * How many numbers are learned.
   *
   * @return parameters, with the codebook
   */
  public long parameterCount() {
    return codebook.parameterCount() + network.parameters().stream().mapToLong(Tensor::numel).sum();
  }

  @Override
  public void train(Dataset images, int batch, DoublePredicate goesOn) {
    float variance = (float) images.variance();
    try (Batches batches = Batches.shuffled(images, batch, SHUFFLE)) {
      float loss;
      do {
        loss = step(batches.next(), variance);
      } while (goesOn.test(loss));
    }
  }

  /**
   * One training step.
   *
   * @param batch of images in 0..1
   * @param variance of the data
   * @return the loss before it
   */
  public float step(Batch batch, float variance) {
    try (PointerScope scope = new PointerScope()) {
      Tensor images = centered(batch.images(), batch.count());
      Tensor encoded = network.encoded(images);
      Tensor points;
      Tensor codes;
      Tensor quantized;
      Tensor difference;
      try (NoGradGuard guard = new NoGradGuard()) {
        points = rows(encoded);
        codes = codebook.nearest(points);
        quantized = map(codebook.lookup(codes), batch.count());
        difference = quantized.sub(encoded);
      }
      Tensor reconstruction = network.decoded(encoded.add(difference));
      Tensor loss =
          torch
              .mse_loss(reconstruction, images)
              .div(new Scalar(variance))
              .add(torch.mse_loss(encoded, quantized), commitment);
      loss.backward();
      adam.step();
      adam.zero_grad();
      try (NoGradGuard guard = new NoGradGuard()) {
        codebook.update(points, codes);
      }
      return loss.item_float();
    }
  }

  /** Pixels in 0..1, [n, h, w, 3], to centered images [n, 3, h, w]. */
  private Tensor centered(float[] values, int count) {
    if (pixels.limit() < values.length) {
      pixels.close();
      pixels = new FloatPointer(values.length);
      pixels.retainReference();
    }
    pixels.put(values);
    Tensor images = torch.from_blob(pixels, count, imageSize, imageSize, 3).add(minusCenter);
    return layout.of(images.permute(0, 3, 1, 2));
  }

  private static Tensor rows(Tensor encoded) {
    return encoded.permute(0, 2, 3, 1).reshape(-1, Codebook.DIMENSION);
  }

  private Tensor map(Tensor rows, int count) {
    int side = imageSize / REDUCTION;
    return layout.of(rows.view(count, side, side, Codebook.DIMENSION).permute(0, 3, 1, 2));
  }

  @Override
  public Runnable reconstruction(int batch) {
    Dataset images = Noise.images(batch, imageSize);
    return () -> {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor codes = codes(images);
        pixels(network.decoded(map(codebook.lookup(codes), batch)));
      }
    };
  }

  private Tensor codes(Dataset images) {
    int each = imageSize * imageSize * 3;
    float[] values = new float[images.size() * each];
    for (int i = 0; i < images.size(); i++) {
      images.image(i, values, i * each);
    }
    return codebook.nearest(rows(network.encoded(centered(values, images.size()))));
  }

  private float[] pixels(Tensor images) {
    Tensor last = images.permute(0, 2, 3, 1).add(plusCenter).contiguous();
    float[] values = new float[Math.toIntExact(last.numel())];
    last.data_ptr_float().get(values);
    return values;
  }

  @Override
  public Runnable encoding(int batch) {
    Dataset images = Noise.images(batch, imageSize);
    return () -> {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor codes = codes(images);
        long[] values = new long[Math.toIntExact(codes.numel())];
        new LongPointer(codes.data_ptr()).get(values);
      }
    };
  }

  @Override
  public Runnable decoding(int batch) {
    int side = imageSize / REDUCTION;
    int[] values = Noise.codes(batch * side * side, codebookSize);
    return () -> {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor codes = torch.tensor(Arrays.stream(values).asLongStream().toArray());
        pixels(network.decoded(map(codebook.lookup(codes), batch)));
      }
    };
  }

  @Override
  public void close() {
    adam.close();
    pixels.close();
  }
}
