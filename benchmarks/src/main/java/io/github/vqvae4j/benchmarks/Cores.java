package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import picocli.CommandLine.Command;

/** Measures how well the library uses all cores. */
@Command(
    name = "cores",
    description = {
      "Compares vqvae4j on all cores with one-threaded processes that share the batch, with PyTorch"
          + " and with itself under other conditions.",
      "PyTorch needs a Python with the package torch, and a C++ compiler for torch.compile."
    })
final class Cores extends TargetCommand {
  private static final int SPREAD_RUNS = 10;
  private static final int QUICK_SPREAD_RUNS = 2;

  @Override
  String name() {
    return "cores";
  }

  @Override
  String title() {
    return "Benchmarks of all cores";
  }

  @Override
  TargetSuite suite(TargetSuite.Setting setting, boolean isQuick) {
    return new CoresSuite(setting, isQuick ? QUICK_SPREAD_RUNS : SPREAD_RUNS);
  }

  @Override
  String check(ProcessLauncher launcher, PyTorch pytorch) throws IOException {
    return EquivalenceCheck.pytorch(launcher, pytorch);
  }

  @Override
  String description() {
    return "The model is `sonnet-cifar10`. `limit` is what the machine can do without sharing"
        + " anything: "
        + CORES
        + " one-threaded processes of this library, started by the same signal, that share the"
        + " batch; their images/s add up. The time of their step is that of the whole batch. Spread"
        + " is the highest divided by the lowest median of new processes in turn. The busy process"
        + " multiplies in a loop on one thread. The callers of `encode` use one model; K is the size"
        + " of the codebook. Memory is the peak at the end, beside that of `libtorch-tuned` in the"
        + " layout that needs less.";
  }
}
