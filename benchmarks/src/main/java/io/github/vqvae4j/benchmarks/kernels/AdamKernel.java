package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.Vqvae4j;
import io.github.vqvae4j.benchmarks.Workload;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Adam;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The Adam update of the model's parameters. */
@State(Scope.Thread)
public class AdamKernel {
  /** The number of parameters, excluding the codebook, which Adam does not update. */
  static final int PARAMETERS = 662_723;

  private VqVae model;
  private List<Parameter> parameters;
  private Adam adam;
  private Step step;

  /** Computes a gradient for each parameter. */
  @Setup(Level.Trial)
  public void setUp() {
    model = Vqvae4j.model(Workload.CODEBOOK_SIZE);
    parameters = model.parameters();
    int size = parameters.stream().mapToInt(Parameter::size).sum();
    if (size != PARAMETERS) {
      throw new IllegalStateException("Expected " + PARAMETERS + " parameters, got " + size + ".");
    }
    adam = Adam.rate(3e-4);
    step = Step.training(new Rng(1));
    Tensor total = null;
    for (Parameter parameter : parameters) {
      Tensor mean = parameter.in(step).add(1).square().mean();
      total = total == null ? mean : total.add(mean);
    }
    total.backward();
  }

  /** Releases the model. */
  @TearDown(Level.Trial)
  public void tearDown() {
    step.close();
    model.close();
  }

  /** Updates all parameters once. */
  @Benchmark
  public void adam() {
    adam.update(parameters, step);
  }
}
