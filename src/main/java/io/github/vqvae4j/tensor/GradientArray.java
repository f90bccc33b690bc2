package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A reference-counted gradient array. Several results may share one gradient, as the operands of a
 * sum do. The array is released to the step with its last user, and may only be written while it
 * has a single user.
 */
final class GradientArray {
  private final Arena arena;
  private final DType dtype;
  private final INDArray array;

  /** The number of users of the memory, shared by all views. */
  private final int[] users;

  private GradientArray(Arena arena, DType dtype, INDArray array, int[] users) {
    this.arena = arena;
    this.dtype = dtype;
    this.array = array;
    this.users = users;
  }

  /** Wraps an array whose only user is the caller. */
  static GradientArray of(Arena arena, DType dtype, INDArray array) {
    return new GradientArray(arena, dtype, array, new int[] {1});
  }

  INDArray array() {
    return array;
  }

  DType dtype() {
    return dtype;
  }

  /** Returns a view of another shape with the same memory and users. */
  GradientArray view(long... shape) {
    return new GradientArray(arena, dtype, arena.view(array, dtype, shape), users);
  }

  /** Adds a user. */
  GradientArray retain() {
    users[0]++;
    return this;
  }

  /** Removes a user. */
  void release() {
    users[0]--;
    if (users[0] == 0) {
      arena.release(array);
    }
  }

  private boolean isShared() {
    return users[0] > 1;
  }

  /**
   * Returns the sum of two gradients, in place if one of them is unshared. Releases both operands.
   */
  GradientArray plus(GradientArray addend, Kernels kernels) {
    if (!isShared()) {
      kernels.accumulate(array, addend.array);
      addend.release();
      return this;
    }
    if (!addend.isShared()) {
      return addend.plus(this, kernels);
    }
    INDArray sum = arena.allocate(dtype, array.shape());
    kernels.binary(Binary.ADD, array, addend.array, sum);
    release();
    addend.release();
    return of(arena, dtype, sum);
  }
}
