package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.ConvEncoderConfig;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.nn.AttentionBlock;
import io.github.vqvae4j.nn.BatchNorm2d;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Dropout;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Trace;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.TrainingProgress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Replaying the trace of a whole model, from image to codes to image and loss, on other images and
 * with other weights returns what the model returns, bit for bit.
 */
class ModelTraceTest {
  private static final long SEED = 20_260_717;
  private static final int BATCH = 3;

  /** A model and the size of its images. */
  private record Subject(Supplier<VqVae> build, int height, int width, int channels) {
    Tensor images(Step step, DType dtype, Rng rng) {
      double[] pixels = new double[BATCH * height * width * channels];
      Arrays.setAll(pixels, i -> (float) rng.nextDouble());
      Tensor images = step.tensor(pixels, BATCH, height, width, channels);
      return dtype == DType.DOUBLE ? images : images.to(DType.FLOAT);
    }
  }

  private static Map<String, Subject> subjects() {
    Map<String, Subject> subjects = new LinkedHashMap<>();
    VectorQuantizerConfig ema = VectorQuantizer.ema(7, 5).init(Initialization.UNIFORM);
    VectorQuantizerConfig gradient = VectorQuantizer.gradient(40, 5).init(Initialization.NORMAL);
    subjects.put(
        "sonnet", new Subject(() -> VqVaePresets.sonnetCifar10().seed(1).build(), 8, 8, 3));
    subjects.put(
        "zalando", new Subject(() -> VqVaePresets.zalandoCifar10().seed(2).build(), 8, 8, 3));
    subjects.put("keras", new Subject(() -> VqVaePresets.kerasMnist().seed(3).build(), 12, 8, 1));
    ConvEncoderConfig conv = ConvEncoder.channels(2).hidden(6).downsample(1).residual(2, 3);
    ConvDecoderConfig back = ConvDecoder.channels(2).hidden(6).upsample(1).residual(2, 3);
    subjects.put("conv, ema", new Subject(vqVae(conv, ema, back), 6, 10, 2));
    subjects.put(
        "conv, nearest, gradient",
        new Subject(
            vqVae(conv, gradient, back.upsampleMode(ConvDecoderConfig.UpsampleMode.NEAREST)),
            6,
            10,
            2));
    subjects.put(
        "series",
        new Subject(
            vqVae(
                SeriesEncoder.channels(2).hidden(4).downsample(2).residual(2, 3),
                ema,
                SeriesDecoder.channels(2).hidden(4).upsample(2).residual(2, 3)),
            1,
            20,
            2));
    subjects.put(
        "strided",
        new Subject(
            vqVae(
                StridedEncoder.channels(1).widths(2, 3),
                gradient,
                StridedDecoder.channels(1).widths(3, 2)),
            8,
            4,
            1));
    subjects.put(
        "dense",
        new Subject(
            vqVae(DenseEncoder.images(3, 5, 2), ema, DenseDecoder.images(3, 5, 2)), 3, 5, 2));
    subjects.put(
        "conv vector",
        new Subject(vqVae(conv.vector(6, 10), gradient, back.vector(6, 10)), 6, 10, 2));
    subjects.put("randomness and statistics", new Subject(() -> stochastic(ema), 4, 6, 1));
    subjects.put("two stages", new Subject(ModelTraceTest::twoStages, 4, 6, 1));
    return subjects;
  }

  private static Supplier<VqVae> vqVae(
      Encoder.Config encoder, VectorQuantizerConfig quantizer, Decoder.Config decoder) {
    return () ->
        VqVae.builder().encoder(encoder).quantizer(quantizer).decoder(decoder).seed(4).build();
  }

  /** A model with dropout and noise on both sides of the quantizer, normalization and attention. */
  private static VqVae stochastic(VectorQuantizerConfig quantizer) {
    Rng rng = new Rng(5);
    Encoder encoder =
        new Encoder() {
          private final Conv2d conv =
              child("conv", new Conv2d(ConvConfig.of(1, 5, 2).stride(2), rng));
          private final BatchNorm2d norm = child("norm", new BatchNorm2d(5));
          private final Dropout dropout = child("dropout", new Dropout(0.25));

          @Override
          protected Tensor compute(Tensor images) {
            Tensor x = dropout.forward(norm.forward(conv.forward(images)));
            return images.step().isTraining() ? x.add(x.normalLike().mul(0.1)) : x;
          }
        };
    Decoder decoder =
        new Decoder() {
          private final AttentionBlock mix = child("mix", new AttentionBlock(5, 1, rng));
          private final Dropout dropout = child("dropout", new Dropout(0.5));
          private final Conv2d conv = child("conv", new Conv2d(ConvConfig.of(5, 4, 1), rng));

          @Override
          protected Tensor compute(Tensor quantized) {
            return conv.forward(dropout.forward(mix.forward(quantized))).depthToSpace(2);
          }
        };
    return VqVae.builder().encoder(encoder).quantizer(quantizer).decoder(decoder).build();
  }

  private static VqVae twoStages() {
    Encoder encoder =
        new Encoder() {
          @Override
          protected Tensor compute(Tensor images) {
            return images.averagePool(2, 2, ConvOptions.of(2, 0));
          }
        };
    Decoder decoder =
        new Decoder() {
          @Override
          protected Tensor compute(Tensor quantized) {
            return quantized.upsample(2);
          }
        };
    return VqVae.builder()
        .encoder(encoder)
        .quantizer(new TwoStageQuantizer(true))
        .decoder(decoder)
        .build();
  }

  @TestFactory
  Stream<DynamicTest> replayEqualsTheModel() {
    List<DynamicTest> tests = new ArrayList<>();
    subjects()
        .forEach(
            (name, subject) -> {
              for (KernelSet kernels : KernelSet.values()) {
                for (DType dtype : new DType[] {DType.FLOAT, DType.DOUBLE}) {
                  String test = name + ", " + kernels + ", " + dtype;
                  if (!name.equals("two stages") || dtype == DType.FLOAT) {
                    tests.add(dynamicTest(test, () -> check(subject, kernels, dtype, test)));
                  }
                }
              }
            });
    return tests.stream();
  }

  private static void check(Subject subject, KernelSet kernels, DType dtype, String test) {
    try (VqVae model = subject.build().get()) {
      model.convert(dtype);
      model.dataVariance(0.1);
      spreadCodes(model, subject, dtype);
      Supplier<Step> inference = kernels::inference;
      Supplier<Step> training = () -> kernels.training(new Rng(SEED));
      Function<Tensor, List<Tensor>> encode = images -> List.of(model.encode(images));
      Function<Tensor, List<Tensor>> encodeAndDecode =
          images -> {
            Tensor codes = model.encode(images);
            return List.of(codes, model.decode(codes));
          };
      Function<Tensor, List<Tensor>> loss =
          images -> {
            VqVaeOutput output = model.run(images);
            List<Tensor> results = new ArrayList<>();
            ImageLoss terms = model.loss(images, new TrainingProgress(1, 0));
            results.add(LossTerm.total(terms.terms()));
            terms.terms().forEach(term -> results.add(term.value()));
            results.add(output.reconstruction());
            results.add(output.quantized().codes());
            return results;
          };
      compare(model, subject, dtype, inference, encode, test + ", encode");
      compare(model, subject, dtype, inference, encodeAndDecode, test + ", encode and decode");
      compare(model, subject, dtype, inference, loss, test + ", evaluation");
      compare(model, subject, dtype, training, loss, test + ", training");
    }
  }

  /** Places codes at encoder outputs, since otherwise all of them would be assigned to one code. */
  private static void spreadCodes(VqVae model, Subject subject, DType dtype) {
    Variable codebook = model.variables().get("quantizer.codebook");
    if (codebook != null) {
      try (Step step = Step.inference()) {
        double[] latents =
            model.encoderOutput(subject.images(step, dtype, new Rng(SEED + 2))).toDoubles();
        double[] table = codebook.toDoubles();
        Arrays.setAll(table, i -> latents[i % latents.length] + 1e-3 * table[i]);
        codebook.set(table);
      }
    }
  }

  private static void compare(
      VqVae model,
      Subject subject,
      DType dtype,
      Supplier<Step> steps,
      Function<Tensor, List<Tensor>> pass,
      String what) {
    Rng first = new Rng(SEED);
    try (Step step = steps.get();
        Step other = steps.get()) {
      Trace trace = step.trace();
      Tensor images = subject.images(step, dtype, first);
      List<Tensor> results = pass.apply(images);
      List<double[]> before = values(results);
      Map<String, double[]> old = perturb(model);
      List<double[]> expected;
      List<double[]> gradients;
      try (Step plain = steps.get()) {
        List<Tensor> plainResults = pass.apply(subject.images(plain, dtype, new Rng(SEED + 1)));
        expected = values(plainResults);
        gradients = gradients(model, plain, plainResults);
      }
      assertFalse(
          Arrays.equals(before.get(before.size() - 1), expected.get(expected.size() - 1)),
          what + ": other images have the same results, so the test is ineffective");
      for (Step in : List.of(other, step)) {
        Tensor otherImages = subject.images(in, dtype, new Rng(SEED + 1));
        Map<Tensor, Tensor> replay = trace.replay(in, Map.of(images, otherImages));
        List<Tensor> replayed = results.stream().map(replay::get).toList();
        assertSame(expected, values(replayed), what + ", in the recorded step: " + (in == step));
        if (in == other) {
          assertSame(gradients, gradients(model, other, replayed), what + ", gradients");
        }
      }
      assertSame(before, values(results), what + ", recorded results");
      old.forEach((name, value) -> model.variables().get(name).set(value));
    }
  }

  /**
   * Changes all weights: a replay uses the current ones, not those at the time of the recording.
   * Returns the previous values.
   */
  private static Map<String, double[]> perturb(VqVae model) {
    Map<String, double[]> old = new LinkedHashMap<>();
    model
        .variables()
        .forEach(
            (name, variable) -> {
              double[] values = variable.toDoubles();
              old.put(name, values.clone());
              if (!name.endsWith("initialized")) {
                Arrays.setAll(values, i -> values[i] * (1 + 0.01 * (i % 3)));
                variable.set(values);
              }
            });
    return old;
  }

  private static List<double[]> values(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::toDoubles).toList();
  }

  /** Returns the gradients of all parameters in a training step; none otherwise. */
  private static List<double[]> gradients(VqVae model, Step step, List<Tensor> results) {
    List<double[]> gradients = new ArrayList<>();
    if (step.isTraining() && !model.parameters().isEmpty()) {
      results.get(0).backward();
      for (Variable parameter : model.parameters()) {
        Tensor gradient = step.gradient(parameter);
        gradients.add(gradient == null ? new double[0] : gradient.toDoubles());
      }
    }
    return gradients;
  }

  private static void assertSame(List<double[]> expected, List<double[]> actual, String what) {
    assertEquals(expected.size(), actual.size(), what);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), what + ", result " + i);
    }
  }

  /** Encoding tensors and encoding datasets are equivalent. */
  @TestFactory
  Stream<DynamicTest> codesOfATensorEqualThoseOfADataSet() {
    return Stream.of(1, 2)
        .map(
            channels ->
                dynamicTest(
                    channels + " channels",
                    () -> {
                      try (VqVae model =
                              Shapes.model(
                                  channels,
                                  6,
                                  VectorQuantizer.ema(9, 4).init(Initialization.NORMAL));
                          Step step = Step.inference()) {
                        var images = Shapes.rectangles(5, 8, channels, 1);
                        Tensor pixels = step.tensor(images.pixels(0, 5), 5, 8, 8, channels);
                        Tensor codes = model.encode(pixels);
                        assertEquals(DType.INT, codes.dtype());
                        Codes expected = model.encode(images);
                        int[] labels = new int[5];
                        Arrays.fill(labels, -1);
                        assertEquals(
                            expected.withLabels(labels), Codes.of(codes, expected.codebooks()));
                        assertArrayEquals(
                            model.decode(expected).pixels(), model.decode(codes).toFloats());
                        assertArrayEquals(codes.toInts(), expected.in(step).toInts());
                        assertArrayEquals(codes.shape(), expected.in(step).shape());
                      }
                    }));
  }
}
