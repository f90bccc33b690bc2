package io.github.vqvae4j.examples;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a training example takes where its user says nothing.
 *
 * @param steps training steps
 * @param batch images in a step
 * @param codes K, vectors in the codebook; 0 for a model without one
 * @param dimension D, numbers in each latent vector
 * @param hidden channels or sizes inside encoder and decoder
 * @param rate of Adam
 */
record TrainingDefaults(int steps, int batch, int codes, int dimension, int hidden, double rate) {
  private String of(String option) {
    return switch (option) {
      case "--steps" -> Integer.toString(steps);
      case "--batch" -> Integer.toString(batch);
      case "--codes" -> Integer.toString(codes);
      case "--dimension" -> Integer.toString(dimension);
      case "--hidden" -> Integer.toString(hidden);
      case "--rate" -> Double.toString(rate);
      default -> null;
    };
  }

  /** Gives each training command its own defaults for the options that all share. */
  static final class Provider implements IDefaultValueProvider {
    @Override
    public String defaultValue(ArgSpec argument) {
      return argument.command().userObject() instanceof TrainingCommand<?> command
              && argument instanceof OptionSpec option
          ? command.defaults().of(option.longestName())
          : null;
    }
  }
}
