package io.github.vqvae4j.nn;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads and writes parameters and buffers as safetensors files, under their hierarchical names. See
 * {@link Block#saveWeights} and {@link Block#loadWeights(Path)}.
 */
public final class WeightsFile {
  private static final String FORMAT = "vqvae4j.weights";
  private static final String VERSION = "1";

  private WeightsFile() {}

  /**
   * Writes variables to a file.
   *
   * @param variables the variables by name
   * @param file the file; an existing file is replaced only after the new one is complete
   * @throws IllegalStateException if a value is NaN or infinite
   * @throws IOException if the file cannot be written
   */
  public static void save(Map<String, Variable> variables, Path file) throws IOException {
    Safetensors.write(file, Map.of(FORMAT, VERSION), arrays("Block.saveWeights", variables));
  }

  /**
   * Sets variables to the values in a file, which may contain further arrays under other prefixes.
   *
   * @param file the file, written by {@link #save} or of a model
   * @param prefix the first part of the names in the file, such as {@code encoder}; empty for none
   * @param variables the variables by name; unchanged if loading fails
   * @throws IOException if the file does not exist or is corrupt, or if names or shapes differ
   */
  static void load(Path file, String prefix, Map<String, Variable> variables) throws IOException {
    Map<String, NamedArray> all = Safetensors.read(file).arrays();
    Map<String, NamedArray> arrays = under(prefix, all);
    if (!arrays.keySet().equals(variables.keySet())) {
      List<String> places = places(variables, all);
      String remedy = places.isEmpty() ? "" : "; call loadWeights(file, \"" + places.get(0) + "\")";
      if (arrays.isEmpty() && !all.isEmpty()) {
        List<String> parts =
            all.keySet().stream()
                .filter(name -> name.contains("."))
                .map(name -> name.substring(0, name.indexOf('.')))
                .distinct()
                .toList();
        throw new BadFileException(
            file,
            "arrays",
            "no array starts with "
                + prefix
                + ".; the file has "
                + MessageText.firstFew(parts.isEmpty() ? all.keySet() : parts)
                + remedy);
      }
      if (!places.isEmpty()) {
        throw new BadFileException(
            file,
            "arrays",
            "expected the arrays of this block, got those of a larger model, in which they start"
                + " with "
                + MessageText.firstFew(places)
                + remedy);
      }
    }
    fill(file, variables, arrays);
  }

  /** Returns the arrays of a part of a model, without the prefix of their names. */
  private static Map<String, NamedArray> under(String prefix, Map<String, NamedArray> all) {
    String start = prefix.isEmpty() ? "" : prefix + ".";
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    all.forEach(
        (name, array) -> {
          if (name.startsWith(start)) {
            arrays.put(name.substring(start.length()), array);
          }
        });
    return arrays;
  }

  /** Returns the prefixes under which a file has arrays for exactly the given variables. */
  private static List<String> places(Map<String, Variable> variables, Map<String, NamedArray> all) {
    if (variables.isEmpty()) {
      return List.of();
    }
    String end = "." + variables.keySet().iterator().next();
    return all.keySet().stream()
        .filter(name -> name.endsWith(end))
        .map(name -> name.substring(0, name.length() - end.length()))
        .filter(prefix -> fits(variables, under(prefix, all)))
        .toList();
  }

  private static boolean fits(Map<String, Variable> variables, Map<String, NamedArray> arrays) {
    return variables.keySet().equals(arrays.keySet())
        && variables.entrySet().stream()
            .allMatch(v -> Arrays.equals(v.getValue().shape(), arrays.get(v.getKey()).shape()));
  }

  /**
   * Copies the values of variables.
   *
   * @param caller the name of the caller, for the message
   * @param variables the variables by name
   * @return their values by name
   * @throws IllegalStateException if a value is NaN or infinite
   */
  public static Map<String, NamedArray> arrays(String caller, Map<String, Variable> variables) {
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    variables.forEach(
        (name, variable) -> {
          float[] values = variable.toFloats();
          int index = firstNotFinite(values);
          if (index >= 0) {
            throw new IllegalStateException(
                caller
                    + ": expected finite values, got "
                    + values[index]
                    + " as element "
                    + index
                    + " of "
                    + name
                    + ". The model has diverged. Retrain it with a smaller learning rate.");
          }
          arrays.put(name, NamedArray.of(values, variable.shape()));
        });
    return arrays;
  }

  /**
   * Sets variables to the values of a file. All arrays are checked first, so that no variable is
   * changed on failure.
   *
   * @param file the file, for messages
   * @param variables the variables by name
   * @param arrays the values by name
   * @throws BadFileException if names or shapes differ, or a value is NaN or infinite
   * @throws IllegalStateException if a variable does not have the data type FLOAT
   */
  public static void fill(
      Path file, Map<String, Variable> variables, Map<String, NamedArray> arrays)
      throws BadFileException {
    if (!variables.keySet().equals(arrays.keySet())) {
      throw new BadFileException(
          file,
          "arrays",
          "expected the arrays of this model, got others: missing "
              + firstFew(variables.keySet(), arrays.keySet())
              + ", unknown "
              + firstFew(arrays.keySet(), variables.keySet())
              + "; build the model as it was built when it was saved");
    }
    for (Map.Entry<String, Variable> entry : variables.entrySet()) {
      check(file, entry.getKey(), arrays.get(entry.getKey()), entry.getValue());
    }
    variables.forEach((name, variable) -> variable.set(arrays.get(name).floats()));
  }

  private static void check(Path file, String name, NamedArray array, Variable variable)
      throws BadFileException {
    if (variable.dtype() != DType.FLOAT) {
      throw new IllegalStateException(
          "Block.loadWeights: expected FLOAT variables, got "
              + variable.dtype()
              + " of "
              + name
              + ", which is for gradient checks. Call convert(DType.FLOAT) first.");
    }
    if (array.type() != NamedArray.Type.F32 || !Arrays.equals(array.shape(), variable.shape())) {
      throw new BadFileException(
          file,
          name,
          "expected F32 "
              + Arrays.toString(variable.shape())
              + ", got "
              + array.type()
              + " "
              + Arrays.toString(array.shape())
              + "; build the model as it was built when it was saved");
    }
    float[] values = array.floats();
    int index = firstNotFinite(values);
    if (index >= 0) {
      throw new BadFileException(
          file,
          name,
          "expected finite values, got "
              + values[index]
              + " as element "
              + index
              + "; the file is corrupt, replace it with an intact copy");
    }
  }

  /** Describes the names that only occur in the first set, at most three of them. */
  private static String firstFew(Set<String> names, Set<String> others) {
    TreeSet<String> difference = new TreeSet<>(names);
    difference.removeAll(others);
    return "[" + MessageText.firstFew(difference) + "]";
  }

  private static int firstNotFinite(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }
}
