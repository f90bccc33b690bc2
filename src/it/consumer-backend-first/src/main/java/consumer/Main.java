package consumer;

import org.bytedeco.dnnl.engine;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Exits with 0 if ND4J and oneDNN both work, on one version of JavaCPP. */
public final class Main {
  public static void main(String[] args) throws Exception {
    INDArray ones = Nd4j.ones(4, 4);
    double sum = ones.mmul(ones).sumNumber().doubleValue();
    if (sum != 64) {
      throw new IllegalStateException("the product's sum: expected 64, got " + sum);
    }
    try (engine cpu = new engine(engine.kind.cpu, 0)) {
      if (cpu.get_kind().value != engine.kind.cpu.value) {
        throw new IllegalStateException("oneDNN has no engine for this CPU");
      }
    }
    String classes = Loader.getVersion();
    String openblas = Loader.getVersion("org.bytedeco", "openblas");
    String dnnl = Loader.getVersion("org.bytedeco", "dnnl");
    System.out.println("javacpp " + classes + ", openblas " + openblas + ", dnnl " + dnnl);
    if (!openblas.endsWith("-" + classes) || !dnnl.endsWith("-" + classes)) {
      throw new IllegalStateException("more than one version of JavaCPP on the class path");
    }
  }
}
