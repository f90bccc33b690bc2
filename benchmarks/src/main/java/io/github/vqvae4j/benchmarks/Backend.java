package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.convolutions.ConvolutionsOnly;
import io.github.vqvae4j.benchmarks.libtorch.Layout;
import io.github.vqvae4j.benchmarks.libtorch.Libtorch;
import io.github.vqvae4j.benchmarks.libtorch.Weights;
import io.github.vqvae4j.tensor.internal.KernelChoice;

/**
 * The implementation that a process runs. Processes receive the name of the constant; since
 * processes that were compiled from other versions' sources do, too, {@link #OURS} must not be
 * renamed.
 */
public enum Backend {
  /** This library. */
  OURS("NHWC") {
    @Override
    Implementation create(Workload workload) {
      return new Vqvae4j(workload.codebookSize(), workload.imageSize());
    }
  },
  /** This library on ND4J's kernels. */
  OURS_ON_ND4J("NHWC") {
    @Override
    Implementation create(Workload workload) {
      System.setProperty(KernelChoice.PROPERTY, "nd4j");
      return new Vqvae4j(workload.codebookSize(), workload.imageSize());
    }
  },
  /** libtorch with NCHW tensors. */
  LIBTORCH("NCHW") {
    @Override
    Implementation create(Workload workload) {
      return libtorch(workload, Layout.CONTIGUOUS);
    }
  },
  /** libtorch with NHWC tensors. */
  LIBTORCH_CHANNELS_LAST("NHWC") {
    @Override
    Implementation create(Workload workload) {
      return libtorch(workload, Layout.CHANNELS_LAST);
    }
  },
  /** The model's convolutions alone. */
  CONVOLUTIONS("any") {
    @Override
    Implementation create(Workload workload) {
      return new ConvolutionsOnly(workload.imageSize());
    }
  };

  private final String layout;

  Backend(String layout) {
    this.layout = layout;
  }

  /** Returns the memory layout of its images. */
  String layout() {
    return layout;
  }

  /** Returns whether this is libtorch. */
  boolean isLibtorch() {
    return this == LIBTORCH || this == LIBTORCH_CHANNELS_LAST;
  }

  /** Creates the model. */
  abstract Implementation create(Workload workload);

  private static Implementation libtorch(Workload workload, Layout layout) {
    return new Libtorch(workload.codebookSize(), workload.imageSize(), layout, Weights.random(42));
  }
}
