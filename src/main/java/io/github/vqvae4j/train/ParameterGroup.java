package io.github.vqvae4j.train;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Parameter;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Parameters with their own learning rate or weight decay, like PyTorch's parameter groups.
 *
 * <pre>{@code
 * ParameterGroup encoder = ParameterGroup.of(model.encoder()).rate(1e-4).weightDecay(0);
 * Trainer.of(model).optimizer(AdamW.rate(1e-3)).group(encoder).fit(images);
 * }</pre>
 *
 * @param parameters one or more parameters
 * @param rate the base learning rate, which the schedule multiplies; empty for that of the
 *     optimizer
 * @param weightDecay the weight decay; empty for that of the optimizer
 */
public record ParameterGroup(
    List<Parameter> parameters, OptionalDouble rate, OptionalDouble weightDecay) {
  /**
   * Validates the components.
   *
   * @throws IllegalArgumentException if there are no parameters, the learning rate is not above 0,
   *     or the weight decay is negative
   */
  public ParameterGroup {
    parameters = parameters.stream().distinct().toList(); // a shared one is updated once
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(
          "ParameterGroup: expected one or more parameters, got none. An EMA codebook is a buffer,"
              + " which no optimizer updates.");
    }
    if (rate.isPresent() && !(rate.getAsDouble() > 0 && rate.getAsDouble() <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "ParameterGroup.rate: expected a finite learning rate above 0, got "
              + rate.getAsDouble()
              + ". To keep parameters fixed, freeze them.");
    }
    if (weightDecay.isPresent()
        && !(weightDecay.getAsDouble() >= 0 && weightDecay.getAsDouble() <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "ParameterGroup.weightDecay: expected a finite weight decay of at least 0, got "
              + weightDecay.getAsDouble()
              + ".");
    }
  }

  /**
   * Returns a group with the optimizer's learning rate and weight decay.
   *
   * @param parameters the parameters
   * @return the group
   */
  public static ParameterGroup of(Collection<Parameter> parameters) {
    return new ParameterGroup(
        List.copyOf(parameters), OptionalDouble.empty(), OptionalDouble.empty());
  }

  /**
   * Returns a group of all parameters of a block.
   *
   * @param block the block
   * @return the group
   */
  public static ParameterGroup of(Block block) {
    return of(block.parameters());
  }

  /**
   * Sets the base learning rate.
   *
   * @param newRate the learning rate, above 0
   * @return a changed copy
   */
  public ParameterGroup rate(double newRate) {
    return new ParameterGroup(parameters, OptionalDouble.of(newRate), weightDecay);
  }

  /**
   * Sets the weight decay.
   *
   * @param decay the weight decay, at least 0
   * @return a changed copy
   */
  public ParameterGroup weightDecay(double decay) {
    return new ParameterGroup(parameters, rate, OptionalDouble.of(decay));
  }

  /**
   * Returns the number of parameters, up to three of their names, and the settings that differ from
   * the optimizer's.
   */
  @Override
  public String toString() {
    return Counts.of(parameters.size(), "parameter")
        + " ("
        + MessageText.firstFew(parameters.stream().map(Parameter::name).toList())
        + ")"
        + (rate.isPresent() ? ", learning rate " + rate.getAsDouble() : "")
        + (weightDecay.isPresent() ? ", weight decay " + weightDecay.getAsDouble() : "");
  }
}
