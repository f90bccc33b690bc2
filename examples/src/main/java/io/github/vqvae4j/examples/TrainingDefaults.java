package io.github.vqvae4j.examples;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Default values of the options of a training command.
 *
 * @param steps the number of training steps
 * @param batch the batch size
 * @param codes the codebook size K; 0 for a model without a codebook
 * @param dimension the dimension D of the latent vectors
 * @param hidden the number of hidden channels or units of encoder and decoder
 * @param rate Adam's learning rate
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

  /** Provides the defaults of each training command for the shared options. */
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
