package io.github.vqvae4j.tensor.internal;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** OpenBLAS on native memory, for each number format. Matrices are in C order. */
enum Blas {
  /** On pointers to floats. */
  FLOAT {
    @Override
    void product(Matrix a, Matrix b, boolean add, int m, int n, int k, Matrix y) {
      openblas.cblas_sgemm(
          openblas.CblasRowMajor,
          a.transposition(),
          b.transposition(),
          m,
          n,
          k,
          1f,
          (FloatPointer) a.data,
          a.lineLength,
          (FloatPointer) b.data,
          b.lineLength,
          add ? 1f : 0f,
          (FloatPointer) y.data,
          y.lineLength);
    }

    @Override
    void add(int length, Pointer x, Pointer y) {
      openblas.cblas_saxpy(length, 1f, (FloatPointer) x, 1, (FloatPointer) y, 1);
    }
  },

  /** On pointers to doubles. */
  DOUBLE {
    @Override
    void product(Matrix a, Matrix b, boolean add, int m, int n, int k, Matrix y) {
      openblas.cblas_dgemm(
          openblas.CblasRowMajor,
          a.transposition(),
          b.transposition(),
          m,
          n,
          k,
          1d,
          (DoublePointer) a.data,
          a.lineLength,
          (DoublePointer) b.data,
          b.lineLength,
          add ? 1d : 0d,
          (DoublePointer) y.data,
          y.lineLength);
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
   * A matrix, or the transposed of what lies in memory.
   *
   * @param data where it begins
   * @param lineLength numbers from the beginning of a line in memory to that of the next
   * @param transposed whether its columns are the lines in memory
   */
  record Matrix(Pointer data, int lineLength, boolean transposed) {
    /** One whose rows are the lines in memory. */
    static Matrix of(Pointer data, int lineLength) {
      return new Matrix(data, lineLength, false);
    }

    /** The transposed of what lies in memory. */
    static Matrix transposedOf(Pointer data, int lineLength) {
      return new Matrix(data, lineLength, true);
    }

    private int transposition() {
      return transposed ? openblas.CblasTrans : openblas.CblasNoTrans;
    }
  }

  /**
   * y [m, n] = a b, or y += a b.
   *
   * @param a [m, k]
   * @param b [k, n]
   * @param add whether y's content stays
   * @param y not transposed
   */
  abstract void product(Matrix a, Matrix b, boolean add, int m, int n, int k, Matrix y);

  /** y += x, so many numbers from where each pointer stands. */
  abstract void add(int length, Pointer x, Pointer y);
}
