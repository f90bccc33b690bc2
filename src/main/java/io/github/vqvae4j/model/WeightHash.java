package io.github.vqvae4j.model;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Variable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/** The hash of a model's weights, computed once after each change; see {@link WeightCheck}. */
final class WeightHash {
  private final ImageModel model;
  private volatile Hash last = new Hash(-1, "");

  WeightHash(ImageModel model) {
    this.model = model;
  }

  /** The hash of the weights that have a stamp. */
  private record Hash(long stamp, String digits) {}

  /** Returns the SHA-256 as 64 hexadecimal digits. */
  String digits() {
    Map<String, Variable> variables = model.variables();
    long stamp = variables.values().stream().mapToLong(Variable::version).max().orElse(0);
    Hash hash = last;
    if (hash.stamp != stamp) {
      hash = new Hash(stamp, compute(variables));
      last = hash;
    }
    return hash.digits;
  }

  private static String compute(Map<String, Variable> variables) {
    MessageDigest digest = sha256();
    variables.forEach(
        (name, variable) -> {
          String text = name + variable.dtype() + Arrays.toString(variable.shape());
          digest.update(text.getBytes(StandardCharsets.UTF_8));
          digest.update(bytes(variable));
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static ByteBuffer bytes(Variable variable) {
    boolean isDouble = variable.dtype() == DType.DOUBLE;
    int size = isDouble ? Double.BYTES : Float.BYTES;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(variable.size(), size))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (isDouble) {
      bytes.asDoubleBuffer().put(variable.toDoubles());
    } else {
      bytes.asFloatBuffer().put(variable.toFloats());
    }
    return bytes;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
