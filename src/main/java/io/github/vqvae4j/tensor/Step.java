package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.KernelChoice;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One pass through a model: it owns the memory of every tensor made in it, says whether it trains,
 * and carries the generator of its randomness.
 *
 * <pre>{@code
 * try (Step step = Step.training(rng)) {
 *   Tensor x = step.tensor(images, 32, 28, 28, 1);
 *   Tensor loss = model.forward(x)...;
 *   loss.backward();
 *   ...                              // read gradients, update parameters
 *   step.commit();                   // buffers such as EMA statistics change here, and only here
 * }
 * }</pre>
 *
 * <p>A step belongs to the thread that opened it. When it closes, its memory goes to the thread's
 * next step, and using one of its tensors throws.
 */
public final class Step implements AutoCloseable {
  /** Is told of outputs of layers as they are computed. */
  @FunctionalInterface
  public interface Observer {
    /**
     * One output.
     *
     * @param source the layer that computed it
     * @param output what it computed
     */
    void computed(Object source, Tensor output);
  }

  private final Thread owner = Thread.currentThread();
  private final boolean training;
  private final Rng rng;
  private final Kernels floatKernels;
  private final Arena arena = Arena.take();
  private final List<Tensor> tape = new ArrayList<>();
  private final Map<Variable, Tensor> leaves = new IdentityHashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private Observer observer = (source, output) -> {};
  private boolean open = true;
  private Throwable backwardFailure;

  /** What is done at commit, and the variables that it writes. */
  private record Change(Runnable action, List<Variable> written) {}

  /** The content that a variable had when an operation used it. */
  private record Use(Variable variable, long stamp) {
    void checkUnchanged() {
      if (variable.stamp() != stamp) {
        throw new IllegalStateException(
            "Tensor.backward: "
                + variable.name()
                + " was written after the forward pass had used it, so its gradient would mix old"
                + " and new values. Call backward() before writing, or open a new step.");
      }
    }
  }

  Step(boolean training, Rng rng, Kernels floatKernels) {
    this.training = training;
    this.rng = rng;
    this.floatKernels = floatKernels;
  }

  /**
   * Opens a step that records what is needed for gradients.
   *
   * @param rng where its randomness comes from
   * @return the step, to be closed by the caller
   */
  public static Step training(Rng rng) {
    return new Step(true, rng, KernelChoice.forFloat());
  }

  /**
   * Opens a step that only computes: no gradients, no randomness, no change of any buffer.
   *
   * @return the step, to be closed by the caller
   */
  public static Step inference() {
    return new Step(false, null, KernelChoice.forFloat());
  }

  /**
   * Whether the pass trains.
   *
   * @return true if gradients are recorded and buffers may change on {@link #commit}
   */
  public boolean isTraining() {
    return training;
  }

  /**
   * The generator of this pass.
   *
   * @return the generator the step was opened with
   * @throws IllegalStateException in a step for inference, which has none
   */
  public Rng rng() {
    if (rng == null) {
      throw new IllegalStateException(
          "Step: a step for inference carries no Rng; open it with Step.training(rng).");
    }
    return rng;
  }

  /**
   * Copies numbers in.
   *
   * @param values row by row, the last axis fastest; as many as the shape has elements
   * @param shape each dimension at least 1
   * @return a constant tensor in {@link DType#FLOAT}
   */
  public Tensor tensor(float[] values, long... shape) {
    INDArray array = fresh(values.length, DType.FLOAT, shape);
    HeapCopy.write(values, 0, values.length, array, 0);
    return constant(array, DType.FLOAT);
  }

  /**
   * Copies numbers in, as {@link #tensor(float[], long...)}.
   *
   * @param values row by row, the last axis fastest
   * @param shape each dimension at least 1
   * @return a constant tensor in {@link DType#DOUBLE}
   */
  public Tensor tensor(double[] values, long... shape) {
    INDArray array = fresh(values.length, DType.DOUBLE, shape);
    HeapCopy.write(values, array);
    return constant(array, DType.DOUBLE);
  }

  /**
   * Copies whole numbers in, such as codes.
   *
   * @param values row by row, the last axis fastest; exact up to 2^24
   * @param shape each dimension at least 1
   * @return a constant tensor in {@link DType#FLOAT}
   */
  public Tensor tensor(int[] values, long... shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return tensor(floats, shape);
  }

  private INDArray fresh(long values, DType dtype, long... shape) {
    check();
    if (Shape.size(shape) != values) {
      throw new IllegalArgumentException(
          "Step.tensor: shape "
              + Arrays.toString(shape)
              + " has "
              + Shape.size(shape)
              + " elements, got "
              + values
              + " values.");
    }
    return arena.allocate(dtype, shape);
  }

  /**
   * The gradient that {@link Tensor#backward()} found for a variable.
   *
   * @param variable used in this step
   * @return a constant tensor of the variable's shape, or null if no result depended on it
   */
  public Tensor gradient(Variable variable) {
    check();
    Tensor leaf = leaves.get(variable);
    return leaf == null ? null : leaf.gradient();
  }

  /**
   * Registers an update to run on {@link #commit}, such as a moving average: how a forward pass
   * changes a buffer.
   *
   * @param change what to do, with numbers copied out of the step's tensors: {@link #takeCommits}
   *     may have it done after the step has closed
   * @param written every variable that it writes
   */
  public void onCommit(Runnable change, Variable... written) {
    check();
    changes.add(new Change(change, List.of(written)));
  }

  /**
   * Runs the updates registered by {@link #onCommit}, in order, once the step's results were found
   * good. All or nothing: if an update throws, the values of all variables named to {@code
   * onCommit} are restored, and the exception is rethrown.
   */
  public void commit() {
    check();
    Map<Variable, INDArray> before = new IdentityHashMap<>();
    for (Change change : changes) {
      change.written().forEach(variable -> before.computeIfAbsent(variable, this::copy));
    }
    try {
      takeCommits().run();
    } catch (Throwable e) {
      before.forEach(Variable::set);
      throw e;
    } finally {
      before.forEach((variable, copy) -> arena.release(copy, variable.dtype()));
    }
  }

  private INDArray copy(Variable variable) {
    INDArray copy = arena.allocate(variable.dtype(), variable.shape());
    HeapCopy.copy(variable.array(), copy);
    return copy;
  }

  /**
   * Has somebody told of every layer's output from now on.
   *
   * @param observer who; it replaces the one before
   */
  public void observe(Observer observer) {
    this.observer = observer;
  }

  /**
   * Tells the observer; layers call this.
   *
   * @param source the layer
   * @param output its output
   */
  public void computed(Object source, Tensor output) {
    observer.computed(source, output);
  }

  /**
   * Removes the updates that {@link #commit} would run and returns them, for results that are good
   * only together with those of further steps.
   *
   * @return runs the updates, in order; call it once, whether or not this step is closed. If one
   *     throws, those before it have run: undoing them is up to the caller
   */
  public Runnable takeCommits() {
    check();
    List<Change> taken = List.copyOf(changes);
    changes.clear();
    return () -> taken.forEach(change -> change.action().run());
  }

  /**
   * Has this thread's memory outside the heap freed when its last open step closes, rather than
   * kept for further steps: for a pass that was unusually large.
   */
  public void freeOnClose() {
    check();
    arena.freeOnClose();
  }

  /**
   * Returns how much memory outside the heap the step's tensors took so far.
   *
   * @return in bytes, without {@link #workspaceBytes}
   */
  public long bytes() {
    check();
    return arena.used();
  }

  /**
   * Returns how much memory outside the heap the operations of this thread keep for themselves:
   * scratchpads, packed weights, images with borders.
   *
   * @return in bytes
   */
  public long workspaceBytes() {
    check();
    return NativeMemory.workspaces();
  }

  @Override
  public void close() {
    if (open) {
      checkThread();
      open = false;
      tape.clear();
      leaves.clear();
      changes.clear();
      arena.giveBack();
    }
  }

  /** Throws unless the step is open and this is its thread. */
  void check() {
    if (!open) {
      throw new IllegalStateException(
          "Step: it is closed, and the memory of its tensors belongs to the next step."
              + " Copy what you want to keep with toFloats() before the step closes.");
    }
    checkThread();
  }

  private void checkThread() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "Step: opened by thread "
              + owner.getName()
              + ", used by thread "
              + Thread.currentThread().getName()
              + ". Open a step of its own on each thread.");
    }
  }

  Kernels kernels(DType dtype) {
    return dtype == DType.FLOAT ? floatKernels : KernelChoice.forDouble();
  }

  Arena arena() {
    return arena;
  }

  Tensor constant(INDArray value, DType dtype) {
    return new Tensor(this, value, dtype, null, false, null);
  }

  Tensor leaf(Variable variable) {
    check();
    return leaves.computeIfAbsent(
        variable,
        v -> new Tensor(this, v.array(), v.dtype(), v, training && v.isTrainable(), null));
  }

  /** A result that the inputs' gradients are computed from, if any input wants one. */
  Tensor result(INDArray value, DType dtype, Tensor.Backward backward, Tensor... inputs) {
    boolean tracked = false;
    for (Tensor input : inputs) {
      tracked |= input != null && input.isTracked();
    }
    if (!tracked) {
      return constant(value, dtype);
    }
    List<Use> uses = new ArrayList<>(inputs.length);
    for (Tensor input : inputs) {
      if (input != null) {
        input.keepForGradients();
        if (input.storage() != null) {
          uses.add(new Use(input.storage(), input.storage().stamp()));
        }
      }
    }
    Tensor.Backward unlessWritten =
        uses.isEmpty()
            ? backward
            : ofResult -> {
              uses.forEach(Use::checkUnchanged);
              backward.run(ofResult);
            };
    Tensor result = new Tensor(this, value, dtype, null, true, unlessWritten);
    tape.add(result);
    return result;
  }

  /** Runs the tape backwards; results are there in the order in which they depend on each other. */
  void runBackward() {
    try {
      for (int i = tape.size() - 1; i >= 0; i--) {
        tape.get(i).propagate();
      }
    } catch (Throwable e) {
      backwardFailure = e;
      throw e;
    }
    tape.removeIf(Tensor::isPropagated);
  }

  /** Throws where gradients are incomplete because something threw on the way back. */
  void checkGradients() {
    check();
    if (backwardFailure != null) {
      throw new IllegalStateException(
          "Step: an earlier backward() failed and left gradients incomplete; open a new step. "
              + backwardFailure.getMessage(),
          backwardFailure);
    }
  }
}
