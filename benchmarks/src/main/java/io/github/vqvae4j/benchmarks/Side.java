package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.floor.Floor;
import io.github.vqvae4j.benchmarks.libtorch.Layout;
import io.github.vqvae4j.benchmarks.libtorch.Libtorch;
import io.github.vqvae4j.benchmarks.libtorch.Weights;
import io.github.vqvae4j.tensor.internal.KernelChoice;

/** What a process runs. */
public enum Side {
  /** This library. */
  OURS("NHWC") {
    @Override
    Contestant start(Setting setting) {
      return new Ours(setting.codebookSize(), setting.imageSize());
    }
  },
  /** This library on ND4J's own kernels. */
  OURS_ON_ND4J("NHWC") {
    @Override
    Contestant start(Setting setting) {
      System.setProperty(KernelChoice.PROPERTY, "nd4j");
      return new Ours(setting.codebookSize(), setting.imageSize());
    }
  },
  /** libtorch, NCHW. */
  LIBTORCH("NCHW") {
    @Override
    Contestant start(Setting setting) {
      return libtorch(setting, Layout.CONTIGUOUS);
    }
  },
  /** libtorch, NHWC. */
  LIBTORCH_CHANNELS_LAST("NHWC") {
    @Override
    Contestant start(Setting setting) {
      return libtorch(setting, Layout.CHANNELS_LAST);
    }
  },
  /** The convolutions alone. */
  FLOOR("any") {
    @Override
    Contestant start(Setting setting) {
      return new Floor(setting.imageSize());
    }
  };

  private final String layout;

  Side(String layout) {
    this.layout = layout;
  }

  /** How its images lie in memory. */
  String layout() {
    return layout;
  }

  /** Whether it is libtorch. */
  boolean isPeer() {
    return this == LIBTORCH || this == LIBTORCH_CHANNELS_LAST;
  }

  /** Builds the model of this side. */
  abstract Contestant start(Setting setting);

  private static Contestant libtorch(Setting setting, Layout layout) {
    return new Libtorch(setting.codebookSize(), setting.imageSize(), layout, Weights.drawn(42));
  }
}
