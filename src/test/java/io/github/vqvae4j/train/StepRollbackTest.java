package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.EventFileReader;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Training steps are atomic: non-finite values are named in the error, and the model is restored.
 */
class StepRollbackTest {
  private static final Dataset TRAIN = Shapes.rectangles(400, 8, 1, 1);
  private static final String FIRST = "encoder.down.0.weight";

  private static Trainer<ImageBatch> trainer(ImageModel model) {
    return Trainer.of(model).optimizer(Adam.rate(2e-3)).batch(16).workers(2).steps(200);
  }

  /** A model with gradients above 1 and no initialization from data. */
  private static VqVae uninitialized() {
    return Shapes.model(1, 3, VectorQuantizer.gradient(16, 4).init(Initialization.NORMAL));
  }

  private static void put(ImageModel model, String name, int index, float value) {
    float[] values = model.variables().get(name).toFloats();
    values[index] = value;
    model.variables().get(name).set(values);
  }

  private static void setAll(ImageModel model, String name, float value) {
    float[] values = new float[model.variables().get(name).size()];
    Arrays.fill(values, value);
    model.variables().get(name).set(values);
  }

  private static void multiply(ImageModel model, String name, float factor) {
    float[] values = model.variables().get(name).toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    model.variables().get(name).set(values);
  }

  /** Records the state after each step and runs an action after one of them. */
  private static final class Recorder implements TrainingListener {
    private final ImageModel model;
    private final long when;
    private final Runnable what;
    private final List<Map<String, float[]>> states = new ArrayList<>();

    Recorder(ImageModel model, long when, Runnable what) {
      this.model = model;
      this.when = when;
      this.what = what;
      states.add(States.of(model));
    }

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      if (report.step() == when) {
        what.run();
      }
      states.add(States.of(model));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void infiniteWeightsAfterOptimizerUpdateAreRolledBack(int steps) {
    try (VqVae model = uninitialized()) {
      Recorder recorder = new Recorder(model, 0, () -> {});
      DivergenceException error =
          assertThrows(
              DivergenceException.class,
              () ->
                  trainer(model)
                      .optimizer(Sgd.rate(3e38))
                      .steps(steps)
                      .listener(recorder)
                      .fit(TRAIN));
      assertEquals(1, error.step());
      assertMessageContains(
          error,
          "Step 1",
          "after the optimizer update",
          "restored to their values before this step");
      assertMessageContains(error, "3.0E38", "smaller learning rate");
      States.assertSame(recorder.states.get(0), States.of(model));
    }
  }

  @Test
  void accumulatedStepsAreRolledBack() {
    try (VqVae model = Shapes.model(1, 3, VectorQuantizer.ema(16, 4))) {
      trainer(model).steps(2).fit(TRAIN); // the codebook is started
      Recorder recorder = new Recorder(model, 0, () -> {});
      DivergenceException error =
          assertThrows(
              DivergenceException.class,
              () ->
                  trainer(model)
                      .optimizer(Sgd.rate(3e38))
                      .accumulate(3)
                      .listener(recorder)
                      .fit(TRAIN));
      assertMessageContains(error, "Step 1", "restored to their values before this step");
      States.assertSame(recorder.states.get(0), States.of(model));
    }
  }

  @Test
  void infiniteBufferIsRolledBack() {
    try (VqVae model = Shapes.model(1, 3, VectorQuantizer.ema(16, 4))) {
      // The quotient, which is the codebook, overflows a float.
      Recorder recorder =
          new Recorder(
              model,
              3,
              () -> {
                setAll(model, "quantizer.sum", 3e38f);
                setAll(model, "quantizer.count", 1e-3f);
              });
      DivergenceException error =
          assertThrows(
              DivergenceException.class, () -> trainer(model).listener(recorder).fit(TRAIN));
      assertEquals(4, error.step());
      assertMessageContains(
          error, "quantizer.codebook", "restored to their values before this step");
      States.assertSame(recorder.states.get(3), States.of(model));
    }
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void nonFiniteInitialWeightsAreReported(float value) {
    for (String name : new String[] {FIRST, "decoder.mix.bias", "quantizer.count"}) {
      try (VqVae model = Shapes.model(1, 3, VectorQuantizer.gradient(16, 4))) {
        put(model, name, 0, value);
        Recorder recorder = new Recorder(model, 0, () -> {});
        DivergenceException error =
            assertThrows(
                DivergenceException.class,
                () -> trainer(model).steps(3).listener(recorder).fit(TRAIN),
                name);
        assertEquals(1, error.step());
        assertEquals(name + "[0]", error.term());
        assertMessageContains(error, name + "[0] is " + value, "before this step", "load");
        States.assertSame(recorder.states.get(0), States.of(model));
      }
    }
  }

  @Test
  void nonFiniteWeightsWrittenByListenerAreReported() {
    try (VqVae model = Shapes.model(1, 3)) {
      Recorder recorder = new Recorder(model, 2, () -> put(model, FIRST, 5, Float.NaN));
      DivergenceException error =
          assertThrows(
              DivergenceException.class, () -> trainer(model).listener(recorder).fit(TRAIN));
      assertEquals(3, error.step());
      assertMessageContains(error, FIRST + "[5] is NaN");
    }
  }

  /** All weights are finite, but inf - inf in the encoder is NaN, which ReLU must not hide. */
  @ParameterizedTest
  @ValueSource(floats = {1e12f, 1e18f, 1e30f})
  void encoderOverflowFromLargeWeightsEndsTheRun(float size) {
    try (VqVae model = Shapes.model(1, 3, VectorQuantizer.gradient(16, 4))) {
      for (String name : model.variables().keySet()) {
        if (name.startsWith("encoder.") && name.endsWith("weight") && !name.contains("mix")) {
          multiply(model, name, size);
        }
      }
      Map<String, float[]> before = States.of(model);
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer(model).steps(5).fit(TRAIN));
      assertMessageContains(error, "Step 1", "encoder", "its learning rate is not the cause");
      before.keySet().removeIf(name -> name.startsWith("quantizer."));
      Map<String, float[]> after = States.of(model);
      after.keySet().retainAll(before.keySet());
      States.assertSame(before, after);
    }
  }

  /**
   * An encoder in which a large shift produces inf - inf = NaN everywhere. If ReLU turned NaN into
   * 0, the skip connection would still produce a finite loss and finite gradients.
   */
  private static final class Overflowing extends Encoder {
    private final Linear mix = child("mix", new Linear(1, 4, new Rng(1)));
    private final Inner inner = child("inner", new Inner());

    @Override
    protected Tensor compute(Tensor images) {
      Tensor mixed = mix.forward(images);
      return inner.forward(mixed).add(mixed);
    }
  }

  private static final class Inner extends Layer {
    private final Parameter shift = parameter("shift", new float[] {1}, 1);

    @Override
    protected Tensor compute(Tensor x) {
      Tensor large = x.add(shift.in(x.step())).mul(10);
      return large.sub(large.mul(0.5)).relu();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2})
  void layerOverflowEndsTheRun(long after) {
    try (VqVae model =
        VqVae.builder()
            .encoder(new Overflowing())
            .quantizer(VectorQuantizer.gradient(16, 4).init(Initialization.NORMAL))
            .decoder(ConvDecoder.channels(1).hidden(8).upsample(0).residual(0, 1))
            .build()) {
      Runnable overflow = () -> setAll(model, "encoder.inner.shift", 3e38f);
      if (after == 0) {
        overflow.run();
      }
      Recorder recorder = new Recorder(model, after, overflow);
      DivergenceException error =
          assertThrows(
              DivergenceException.class,
              () -> trainer(model).steps(5).listener(recorder).fit(TRAIN));
      assertEquals(after + 1, error.step());
      assertEquals("the encoder output", error.term());
      assertMessageContains(error, "restored to their values before this step");
      assertMessageContains(
          error, "It originated in mul in encoder.inner: the result of shape [8, 8, 8, 4].");
      States.assertSame(recorder.states.get((int) after), States.of(model));
    }
  }

  @Test
  void encoderOverflowBeforeCodebookInitializationIsReported() {
    try (VqVae model =
        VqVae.builder()
            .encoder(new Overflowing())
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(ConvDecoder.channels(1).hidden(8).upsample(0).residual(0, 1))
            .build()) {
      setAll(model, "encoder.inner.shift", 3e38f);
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer(model).steps(5).fit(TRAIN));
      assertMessageContains(
          error, "Step 1: the encoder output", "It originated in mul in encoder.inner: ");
    }
  }

  /** An encoder with a weight whose gradient is finite but overflows a float when squared. */
  private static final class Steep extends Encoder {
    private final Linear mix = child("mix", new Linear(1, 4, new Rng(1)));
    private final Parameter steep = parameter("steep", new float[] {0}, 1);

    @Override
    protected Tensor compute(Tensor images) {
      return mix.forward(images).add(steep.in(images.step()).mul(1e30));
    }
  }

  @Test
  void gradientThatOverflowsWhenSquaredIsReported() {
    try (VqVae model =
        VqVae.builder()
            .encoder(new Steep())
            .quantizer(VectorQuantizer.gradient(16, 4).init(Initialization.NORMAL))
            .decoder(ConvDecoder.channels(1).hidden(8).upsample(0).residual(0, 1))
            .build()) {
      Map<String, float[]> before = States.of(model);
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer(model).steps(5).fit(TRAIN));
      assertEquals("the gradient of encoder.steep", error.term());
      String message = error.getMessage();
      assertTrue(
          message.matches(
              "Step 1: the gradient of encoder.steep contains -?\\d.*E\\d+, whose square overflows"
                  + " a float\\. Training stopped;.*"),
          message);
      States.assertSame(before, States.of(model));
    }
  }

  /** Weights are scaled up in the middle of a run. */
  @Test
  void encoderOverflowInLaterStepEndsTheRun() {
    try (VqVae model = Shapes.model(1, 3, VectorQuantizer.gradient(16, 4))) {
      Recorder recorder =
          new Recorder(
              model,
              2,
              () ->
                  model
                      .variables()
                      .keySet()
                      .forEach(
                          name -> {
                            if (name.startsWith("encoder.residual") && name.endsWith("weight")) {
                              multiply(model, name, 1e28f);
                            }
                          }));
      DivergenceException error =
          assertThrows(
              DivergenceException.class, () -> trainer(model).listener(recorder).fit(TRAIN));
      assertEquals(3, error.step());
      assertMessageContains(error, "encoder");
    }
  }

  @Test
  void optimizerExceptionRollsBackTheStep() {
    try (Vae model = LatentModels.vae(3).build()) {
      Map<String, float[]> before = States.of(model);
      Optimizer failing =
          new Optimizer() {
            @Override
            public double rate() {
              return 1;
            }

            @Override
            public void update(
                List<Parameter> parameters, Gradients gradients, double rate, double decay) {
              Parameter first = parameters.get(0);
              first.set(new float[first.size()]);
              throw new IllegalStateException("custom optimizer failure");
            }

            @Override
            public void reset() {}
          };
      assertMessageContains(
          assertThrows(
              IllegalStateException.class, () -> trainer(model).optimizer(failing).fit(TRAIN)),
          "custom optimizer failure");
      States.assertSame(before, States.of(model));
    }
  }

  @Test
  void optimizerIsResetAfterRollback() {
    List<Map<String, float[]>> results = new ArrayList<>();
    for (boolean diverges : new boolean[] {true, false}) {
      try (VqVae model = uninitialized()) {
        Sgd optimizer = new Sgd(1e-4, 0.9);
        if (diverges) {
          Trainer<ImageBatch> huge = trainer(model).optimizer(optimizer).schedule((n, of) -> 3e42);
          assertThrows(DivergenceException.class, () -> huge.fit(TRAIN));
        }
        trainer(model).optimizer(optimizer).steps(3).fit(TRAIN);
        results.add(States.of(model));
      }
    }
    States.assertSame(results.get(1), results.get(0));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rollbackIsIndependentOfTensorBoard(boolean tensorBoard, @TempDir Path folder)
      throws IOException {
    try (Vae model = LatentModels.vae(3).build()) {
      RunFolder run = RunFolder.in(folder);
      run = tensorBoard ? run.tensorBoard() : run;
      Recorder recorder = new Recorder(model, 0, () -> {});
      Trainer<ImageBatch> trainer =
          trainer(model).optimizer(Sgd.rate(3e38)).steps(3).listener(run).listener(recorder);
      assertThrows(DivergenceException.class, () -> trainer.fit(TRAIN));
      States.assertSame(recorder.states.get(recorder.states.size() - 1), States.of(model));
    }
  }

  @Test
  void nonFiniteHistogramsAreOmitted(@TempDir Path folder) throws IOException {
    try (CapturedLog lines = new CapturedLog(TensorBoardWriter.class);
        Vae model = LatentModels.vae(3).build()) {
      TensorBoardWriter board = new TensorBoardWriter(folder);
      String name = model.variables().keySet().iterator().next();
      put(model, name, 2, Float.POSITIVE_INFINITY);
      board.add(1, model);
      board.add(2, model);
      assertEquals(1, lines.warnings().size(), lines.warnings().toString());
      assertMessageContains(new Exception(lines.warnings().get(0)), name, "step 1", "non-finite");
      try (Stream<Path> files = Files.list(folder)) {
        List<EventFileReader.Event> events = EventFileReader.read(files.findFirst().orElseThrow());
        List<String> tags =
            events.stream()
                .flatMap(e -> e.summary().getValueList().stream())
                .map(v -> v.getTag())
                .toList();
        assertFalse(tags.contains(name), tags.toString());
        assertEquals(2 * (model.variables().size() - 1), tags.size());
      }
    }
  }

  @Test
  void allEvaluationTermsAreChecked() {
    try (Vae model = LatentModels.vae(3).build()) {
      String name =
          model.variables().keySet().stream()
              .filter(n -> n.startsWith("encoder.") && n.endsWith("bias"))
              .reduce((first, second) -> second)
              .orElseThrow();
      put(model, name, 0, 1e20f); // the mean of the first latent; its square is infinite
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> Evaluation.of(model, TRAIN));
      assertMessageContains(error, "kl", "Infinity", "examples 0 to ", "Check those examples");
      put(model, name, 0, Float.NaN);
      error = assertThrows(DivergenceException.class, () -> Evaluation.of(model, TRAIN));
      assertMessageContains(error, "Evaluation: " + name + "[0] is NaN", "finite", "load");
      assertFalse(error.getMessage().contains("examples"), error.getMessage());
    }
  }

  @Test
  void nonFiniteWeightsBeforeEvaluationAreReported() {
    try (VqVae model = Shapes.model(1, 3)) {
      Recorder recorder = new Recorder(model, 2, () -> put(model, FIRST, 5, Float.NaN));
      DivergenceException error =
          assertThrows(
              DivergenceException.class,
              () -> trainer(model).evaluate(TRAIN, 2).listener(recorder).fit(TRAIN));
      assertEquals(2, error.step());
      assertEquals(FIRST + "[5]", error.term());
      assertMessageContains(
          error, "After step 2: " + FIRST + "[5] is NaN before the evaluation", "load");
      assertFalse(error.getMessage().contains("which are finite"), error.getMessage());
    }
  }
}
