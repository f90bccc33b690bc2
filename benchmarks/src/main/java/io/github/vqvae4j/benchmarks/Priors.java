package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import picocli.CommandLine.Command;

/** Measures priors over code maps. */
@Command(
    name = "priors",
    description = {
      "Compares the training step of a gated PixelCNN with PyTorch, and sampling from the cache with"
          + " a pass over whole maps for each code.",
      "PyTorch needs a Python with the package torch, and a C++ compiler for torch.compile."
    })
final class Priors extends TargetCommand {
  @Override
  String name() {
    return "priors";
  }

  @Override
  String title() {
    return "Benchmarks of priors";
  }

  @Override
  TargetSuite suite(TargetSuite.Setting setting, boolean isQuick) {
    return new PriorsSuite(setting);
  }

  @Override
  String check(ProcessLauncher launcher, PyTorch pytorch) throws IOException {
    return PriorCheck.run(pytorch);
  }

  @Override
  String description() {
    return "The prior is a gated PixelCNN with default settings (15 layers of 64 channels) for codes"
        + " of a codebook of 128 and 10 classes; the maps are random. Sampling draws all codes of"
        + " the maps at temperature 1, each value of the network computed once. Its peer is the time"
        + " of one pass over the whole maps, with the same chunks, kernels and threads, multiplied"
        + " by the number of codes of a map.";
  }
}
