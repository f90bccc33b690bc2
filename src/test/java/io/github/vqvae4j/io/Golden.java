package io.github.vqvae4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

/** Values computed by PyTorch; see src/test/resources/golden/README.md. */
public final class Golden {
  private final String name;
  private final SafetensorsFile file;

  private Golden(String name, SafetensorsFile file) {
    this.name = name;
    this.file = file;
  }

  public static Golden read(String name) throws IOException {
    Path path = Path.of("src/test/resources/golden", name + ".safetensors");
    return new Golden(name, Safetensors.read(path));
  }

  public String setting(String key) {
    return file.metadata().get(key);
  }

  public double number(String key) {
    return Double.parseDouble(setting(key));
  }

  public boolean has(String key) {
    return file.arrays().containsKey(key);
  }

  public long[] shape(String key) {
    return file.arrays().get(key).shape();
  }

  public double[] doubles(String key) {
    NamedArray array = file.arrays().get(key);
    if (array.type() == NamedArray.Type.F64) {
      return array.doubles();
    }
    float[] floats = array.floats();
    double[] doubles = new double[floats.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  public float[] floats(String key) {
    double[] doubles = doubles(key);
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  public int[] ints(String key) {
    long[] longs = file.arrays().get(key).longs();
    int[] ints = new int[longs.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(longs[i]);
    }
    return ints;
  }

  /** Compares values with a golden array. The tolerance is relative for absolute values above 1. */
  public void assertClose(String key, double[] actual, double tolerance) {
    double[] expected = doubles(key);
    assertEquals(expected.length, actual.length, key);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i],
          actual[i],
          tolerance * Math.max(1, Math.abs(expected[i])),
          name + " " + key + "[" + i + "]");
    }
  }
}
