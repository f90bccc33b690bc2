package io.github.vqvae4j.tensor;

import java.util.Locale;

/** Names of operations. */
final class Names {
  private Names() {}

  /** A constant's name as that of a method: {@code LEAKY_RELU} as {@code leakyRelu}. */
  static String camelCase(Enum<?> constant) {
    String[] words = constant.name().toLowerCase(Locale.ROOT).split("_");
    StringBuilder name = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
    }
    return name.toString();
  }
}
