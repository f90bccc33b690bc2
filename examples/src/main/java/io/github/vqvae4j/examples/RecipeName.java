package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.vqvae.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the name of a recipe. */
final class RecipeName implements ITypeConverter<Recipe> {
  /** All names, for the help text. */
  static final class All extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    All() {
      super(names());
    }
  }

  private static List<String> names() {
    return Arrays.stream(Recipe.values()).map(Recipe::toString).toList();
  }

  @Override
  public Recipe convert(String text) {
    return Arrays.stream(Recipe.values())
        .filter(recipe -> recipe.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException("expected one of " + names() + ", got '" + text + "'"));
  }
}
