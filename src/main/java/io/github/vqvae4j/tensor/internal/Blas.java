package io.github.vqvae4j.tensor.internal;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** OpenBLAS on native memory, for each number format. Matrices are dense and in C order. */
enum Blas {
  /** On pointers to floats. */
  FLOAT {
    @Override
    void product(
        Pointer a,
        boolean transposeA,
        Pointer b,
        boolean transposeB,
        boolean add,
        int m,
        int n,
        int k,
        Pointer y) {
      openblas.cblas_sgemm(
          openblas.CblasRowMajor,
          transposition(transposeA),
          transposition(transposeB),
          m,
          n,
          k,
          1f,
          (FloatPointer) a,
          transposeA ? m : k,
          (FloatPointer) b,
          transposeB ? k : n,
          add ? 1f : 0f,
          (FloatPointer) y,
          n);
    }

    @Override
    void add(int length, Pointer x, Pointer y) {
      openblas.cblas_saxpy(length, 1f, (FloatPointer) x, 1, (FloatPointer) y, 1);
    }
  },

  /** On pointers to doubles. */
  DOUBLE {
    @Override
    void product(
        Pointer a,
        boolean transposeA,
        Pointer b,
        boolean transposeB,
        boolean add,
        int m,
        int n,
        int k,
        Pointer y) {
      openblas.cblas_dgemm(
          openblas.CblasRowMajor,
          transposition(transposeA),
          transposition(transposeB),
          m,
          n,
          k,
          1d,
          (DoublePointer) a,
          transposeA ? m : k,
          (DoublePointer) b,
          transposeB ? k : n,
          add ? 1d : 0d,
          (DoublePointer) y,
          n);
    }

    @Override
    void add(int length, Pointer x, Pointer y) {
      openblas.cblas_daxpy(length, 1d, (DoublePointer) x, 1, (DoublePointer) y, 1);
    }
  };

  /** The one for an array's numbers. */
  static Blas of(INDArray array) {
    return array.dataType() == DataType.FLOAT ? FLOAT : DOUBLE;
  }

  /**
   * y [m, n] = a b, or y += a b.
   *
   * @param a [m, k] or, transposed, [k, m]
   * @param b [k, n] or, transposed, [n, k]
   * @param add whether y's content stays
   */
  abstract void product(
      Pointer a,
      boolean transposeA,
      Pointer b,
      boolean transposeB,
      boolean add,
      int m,
      int n,
      int k,
      Pointer y);

  /** y += x, so many numbers from where each pointer stands. */
  abstract void add(int length, Pointer x, Pointer y);

  private static int transposition(boolean transposed) {
    return transposed ? openblas.CblasTrans : openblas.CblasNoTrans;
  }
}
