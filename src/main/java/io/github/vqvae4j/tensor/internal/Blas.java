package io.github.vqvae4j.tensor.internal;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** OpenBLAS routines on off-heap memory, for each data type. Matrices are row-major. */
enum Blas {
  /** Single precision. */
  FLOAT {
    @Override
    void gemm(Matrix a, Matrix b, boolean accumulate, int m, int n, int k, Matrix y) {
      openblas.cblas_sgemm(
          openblas.CblasRowMajor,
          a.transposition(),
          b.transposition(),
          m,
          n,
          k,
          1f,
          (FloatPointer) a.data,
          a.leadingDimension,
          (FloatPointer) b.data,
          b.leadingDimension,
          accumulate ? 1f : 0f,
          (FloatPointer) y.data,
          y.leadingDimension);
    }

    @Override
    void add(int length, Pointer x, Pointer y) {
      openblas.cblas_saxpy(length, 1f, (FloatPointer) x, 1, (FloatPointer) y, 1);
    }
  },

  /** Double precision. */
  DOUBLE {
    @Override
    void gemm(Matrix a, Matrix b, boolean accumulate, int m, int n, int k, Matrix y) {
      openblas.cblas_dgemm(
          openblas.CblasRowMajor,
          a.transposition(),
          b.transposition(),
          m,
          n,
          k,
          1d,
          (DoublePointer) a.data,
          a.leadingDimension,
          (DoublePointer) b.data,
          b.leadingDimension,
          accumulate ? 1d : 0d,
          (DoublePointer) y.data,
          y.leadingDimension);
    }

    @Override
    void add(int length, Pointer x, Pointer y) {
      openblas.cblas_daxpy(length, 1d, (DoublePointer) x, 1, (DoublePointer) y, 1);
    }
  };

  /** Returns the routines for an array's data type. */
  static Blas of(INDArray array) {
    return array.dataType() == DataType.FLOAT ? FLOAT : DOUBLE;
  }

  /**
   * A row-major matrix in memory, or its transpose.
   *
   * @param data the first element
   * @param leadingDimension the number of elements between the starts of consecutive rows in memory
   * @param transposed whether this is the transpose of the matrix in memory
   */
  record Matrix(Pointer data, int leadingDimension, boolean transposed) {
    /** Returns the matrix as stored in memory. */
    static Matrix of(Pointer data, int leadingDimension) {
      return new Matrix(data, leadingDimension, false);
    }

    /** Returns the transpose of the matrix in memory. */
    static Matrix transposedOf(Pointer data, int leadingDimension) {
      return new Matrix(data, leadingDimension, true);
    }

    private int transposition() {
      return transposed ? openblas.CblasTrans : openblas.CblasNoTrans;
    }
  }

  /**
   * Computes y [m, n] = a b, or y += a b.
   *
   * @param a [m, k]
   * @param b [k, n]
   * @param accumulate whether to add to y instead of overwriting it
   * @param y the result, not transposed
   */
  abstract void gemm(Matrix a, Matrix b, boolean accumulate, int m, int n, int k, Matrix y);

  /** Computes y += x for {@code length} elements, starting at the position of each pointer. */
  abstract void add(int length, Pointer x, Pointer y);
}
