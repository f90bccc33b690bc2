package io.github.vqvae4j.tensor;

import java.util.Locale;

/** Conversion of enum constants to operation names. */
final class OperationNames {
  private OperationNames() {}

  /**
   * Converts the name of a constant to camel case, such as {@code LEAKY_RELU} to {@code leakyRelu}.
   */
  static String camelCase(Enum<?> constant) {
    String[] words = constant.name().toLowerCase(Locale.ROOT).split("_");
    StringBuilder name = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
    }
    return name.toString();
  }
}
