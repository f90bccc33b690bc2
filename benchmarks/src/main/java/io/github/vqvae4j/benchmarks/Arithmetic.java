package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.floor.ModelConvolutions;
import io.github.vqvae4j.benchmarks.floor.ModelConvolutions.Shape;
import java.util.List;

/**
 * How much there is to compute: multiplications and additions in convolutions and in the search for
 * codes; nothing else counts. For the reference model 264 million an image in training and 91
 * million in reconstruction.
 */
final class Arithmetic {
  private static final int REDUCTION = 4;
  private static final int DIMENSION = 64;

  private Arithmetic() {}

  /** Millions of operations on one image; 0 where it is not speed that is measured. */
  static double megaflops(Setting setting) {
    List<Shape> encoder = ModelConvolutions.encoder(setting.imageSize());
    List<Shape> decoder = ModelConvolutions.decoder(setting.imageSize());
    double forward = flops(encoder) + flops(decoder);
    double vectors = Math.pow((double) setting.imageSize() / REDUCTION, 2);
    double search = 2 * vectors * setting.codebookSize() * DIMENSION;
    return switch (setting.task()) {
          // Nobody needs the gradient of the images.
          case TRAINING -> 3 * forward - encoder.get(0).flops(1) + search;
          case RECONSTRUCTION -> forward + search;
          case ENCODING -> flops(encoder) + search;
          case DECODING -> flops(decoder);
          case FIRST_STEP -> 0;
        }
        / 1e6;
  }

  private static double flops(List<Shape> convolutions) {
    return convolutions.stream().mapToDouble(shape -> shape.flops(1)).sum();
  }
}
