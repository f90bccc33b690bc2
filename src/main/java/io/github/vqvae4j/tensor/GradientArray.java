package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The memory of a gradient, counted by its users: several results may have one and the same
 * gradient, as the operands of a sum have. It goes back to the step when the last one is done with
 * it, and may only be written by a user that is alone.
 */
final class GradientArray {
  private final Arena arena;
  private final DType dtype;
  private final INDArray array;

  /** Of this memory, however it is viewed. */
  private final int[] users;

  private GradientArray(Arena arena, DType dtype, INDArray array, int[] users) {
    this.arena = arena;
    this.dtype = dtype;
    this.array = array;
    this.users = users;
  }

  /** An array of which the caller is the only user. */
  static GradientArray of(Arena arena, DType dtype, INDArray array) {
    return new GradientArray(arena, dtype, array, new int[] {1});
  }

  INDArray array() {
    return array;
  }

  DType dtype() {
    return dtype;
  }

  /** The same memory, and the same users, under another shape of the same size. */
  GradientArray view(long... shape) {
    return new GradientArray(arena, dtype, arena.view(array, dtype, shape), users);
  }

  /** Counts another user. */
  GradientArray retain() {
    users[0]++;
    return this;
  }

  /** Says that a user is done. */
  void release() {
    users[0]--;
    if (users[0] == 0) {
      arena.release(array);
    }
  }

  private boolean isShared() {
    return users[0] > 1;
  }

  /** The sum of two gradients, in the memory of one that nobody else uses; both are given up. */
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
