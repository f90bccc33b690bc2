package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.KernelChoice;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import io.github.vqvae4j.tensor.internal.Nd4jArrays;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One pass through a model: it owns the memory of every tensor made in it, says whether it trains,
 * and carries the key of its randomness.
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
  /** Receives the outputs of layers as they are computed. */
  @FunctionalInterface
  public interface Observer {
    /**
     * One output.
     *
     * @param source the layer that computed it
     * @param output what it computed
     */
    void computed(Object source, Tensor output);

    /**
     * Before an operation is carried out, or a constant or a variable's tensor is made.
     *
     * @param layer the innermost that computes; null outside of all
     */
    default void using(Object layer) {}
  }

  private final Thread owner = Thread.currentThread();
  private final boolean training;
  private final RngKey key;
  private final Kernels floatKernels;
  private final Arena arena = Arena.acquire();
  private final Graph graph = new Graph(this);
  private final Deque<Object> layers = new ArrayDeque<>();
  private final Map<Variable, Tensor> leaves = new IdentityHashMap<>();
  private final Map<Parametrization, Parametrization.Value> derived = new IdentityHashMap<>();
  private final Commits commits = new Commits(arena);
  private Observer observer = (source, output) -> {};
  private Trace trace;

  /** The custom operation whose own code runs; null if none does. */
  private CustomCode custom;

  private boolean checksEach;
  private boolean keepsNodes;
  private long draws;
  private boolean open = true;

  Step(boolean training, RngKey key, Kernels floatKernels) {
    this.training = training;
    this.key = key;
    this.floatKernels = floatKernels;
  }

  /**
   * Opens a step that records what is needed for gradients.
   *
   * @param key what its random numbers are a function of
   * @return the step, to be closed by the caller
   * @throws NullPointerException if the key is null
   */
  public static Step training(RngKey key) {
    Objects.requireNonNull(
        key, "Step.training: expected a key, got null; Step.inference() needs none.");
    return new Step(true, key, KernelChoice.forFloat());
  }

  /**
   * Opens a step that records what is needed for gradients.
   *
   * @param rng one number of it is the seed of the step's random numbers
   * @return the step, to be closed by the caller
   */
  public static Step training(Rng rng) {
    return training(keyFrom(rng));
  }

  /**
   * Opens a step that only computes: no gradients of variables, no randomness, no change of any
   * buffer.
   *
   * @return the step, to be closed by the caller
   */
  public static Step inference() {
    return new Step(false, null, KernelChoice.forFloat());
  }

  /**
   * Opens a step that only computes, and may draw random numbers: for samples.
   *
   * @param key what its random numbers are a function of
   * @return the step, to be closed by the caller
   * @throws NullPointerException if the key is null
   */
  public static Step inference(RngKey key) {
    Objects.requireNonNull(
        key, "Step.inference: expected a key, got null; leave it out to draw nothing.");
    return new Step(false, key, KernelChoice.forFloat());
  }

  /**
   * Opens a step that only computes, and may draw random numbers: for samples.
   *
   * @param rng one number of it is the seed of the step's random numbers
   * @return the step, to be closed by the caller
   */
  public static Step inference(Rng rng) {
    return inference(keyFrom(rng));
  }

  private static RngKey keyFrom(Rng rng) {
    return new RngKey(rng.nextLong(), 0, 0);
  }

  /**
   * Returns whether the pass trains.
   *
   * @return true if gradients are recorded and buffers may change on {@link #commit}
   */
  public boolean isTraining() {
    return training;
  }

  /**
   * Returns what the random numbers of this pass are a function of.
   *
   * @return the key that the step was opened with
   * @throws IllegalStateException in a step for inference that was opened without one
   */
  public RngKey key() {
    if (key == null) {
      throw new IllegalStateException(
          "Step: this step for inference draws no random numbers; open it with"
              + " Step.inference(rng) to have it draw.");
    }
    return key;
  }

  /**
   * Returns the generator of the next draw that all examples share, such as one crop for all: a
   * function of the key's seed and step and of how many draws the pass made before, but not of the
   * examples' places.
   *
   * @return a generator of its own
   * @throws IllegalStateException as {@link #key}
   */
  public Rng sharedRng() {
    return key().shared(nextDraw());
  }

  /** Counts a draw of a number that may have come from elsewhere, as from a trace. */
  void drawn(long draw) {
    draws = Math.max(draws, draw + 1);
  }

  /**
   * Counts one more random operation of the pass. Its numbers are those of {@code
   * key().example(draw, i)}, for the example at place i of this pass.
   *
   * @return its number, from 0
   * @throws IllegalStateException as {@link #key}
   */
  public long nextDraw() {
    checkNotCustom("Step: random numbers", "Draw them before, and pass them as an input.");
    key();
    return draws++;
  }

  /**
   * Counts a draw that is left out, as that of dropout in evaluation mode: later ones then give the
   * numbers that they give after it. Nothing happens in a step that was opened without a key.
   */
  public void skipDraw() {
    if (key != null) {
      nextDraw();
    }
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
    return own(array, DType.FLOAT);
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
    return own(array, DType.DOUBLE);
  }

  /**
   * Copies integers in, such as codes or labels.
   *
   * @param values row by row, the last axis fastest
   * @param shape each dimension at least 1
   * @return a constant tensor in {@link DType#INT}
   */
  public Tensor tensor(int[] values, long... shape) {
    INDArray array = fresh(values.length, DType.INT, shape);
    HeapCopy.write(values, 0, values.length, array, 0);
    return own(array, DType.INT);
  }

  /**
   * Copies an array of ND4J in: of any order, a view or not, in a workspace or not.
   *
   * @param array in FLOAT, DOUBLE or INT (32 bits), not empty
   * @return a constant tensor of its shape and format; of shape [1] for one of rank 0
   * @throws IllegalArgumentException if it is empty, closed, or in another format; the message says
   *     what to convert it to
   */
  public Tensor tensor(INDArray array) {
    check();
    observer.using(layer());
    DType dtype = Nd4jArrays.dtype(array);
    INDArray copy = arena.allocate(dtype, array.rank() == 0 ? new long[] {1} : array.shape());
    copy.assign(array);
    return own(copy, dtype);
  }

  private INDArray fresh(long values, DType dtype, long... shape) {
    check();
    observer.using(layers.peek());
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
   * Computes the gradients of a scalar with respect to some variables only, as of one of several
   * losses. Operations that none of them lies behind are left out. What {@link Tensor#backward}
   * adds up is not changed by this, nor what this gave by further calls. In float, results may
   * differ from those of {@code backward()} in rounding.
   *
   * @param loss a scalar of this step
   * @param variables trainable, and used in this step
   * @param keepGraph whether further gradients may go through the same results
   * @return constant tensors of the variables' shapes, in their order; zeros where the scalar does
   *     not depend on one
   * @throws IllegalStateException as {@link Tensor#backward}
   * @throws IllegalArgumentException if a variable was not used in this step, or has no gradient
   */
  public List<Tensor> gradients(
      Tensor loss, List<? extends Variable> variables, boolean keepGraph) {
    graph.checkLoss("Step.gradients", loss);
    return graph.gradients(loss, variables.stream().map(this::trackedLeaf).toList(), keepGraph);
  }

  /**
   * Computes the gradients of a scalar as {@link #gradients(Tensor, List, boolean)}, of which
   * nothing further goes through the results in between.
   *
   * @param loss a scalar of this step
   * @param variables trainable, and used in this step
   * @return constant tensors of the variables' shapes, in their order
   */
  public List<Tensor> gradients(Tensor loss, List<? extends Variable> variables) {
    return gradients(loss, variables, false);
  }

  private Tensor trackedLeaf(Variable variable) {
    Tensor leaf = leaves.get(variable);
    if (leaf == null || !leaf.isTracked()) {
      throw new IllegalArgumentException(
          "Step.gradients: expected variables that are used in this step and have gradients; "
              + variable.name()
              + (leaf == null ? " was not used." : " has none: " + whyUntracked(variable)));
    }
    return leaf;
  }

  private String whyUntracked(Variable variable) {
    if (!training) {
      return "this step is for inference.";
    }
    return variable.isParameter()
        ? "it was frozen when the step first used it; unfreeze it before the pass."
        : "it is a buffer.";
  }

  /**
   * Registers an update to run on {@link #commit}, such as a moving average: how a forward pass
   * changes a buffer. An update of a variable that is frozen now or then is left out.
   *
   * @param change what to do, with numbers copied out of the step's tensors: {@link #drainCommits}
   *     may have it done after the step has closed
   * @param written every variable that it writes
   */
  public void onCommit(Runnable change, Variable... written) {
    check();
    checkNotCustom("Step.onCommit", "Call it in the layer that applies the operation.");
    if (Stream.of(written).noneMatch(Variable::isFrozen)) {
      commits.add(change, written);
    }
  }

  /**
   * Runs the updates registered by {@link #onCommit}, in order, once the step's results were found
   * good. All or nothing: if an update throws, the values of all variables named to {@code
   * onCommit} are restored, and the exception is rethrown.
   */
  public void commit() {
    check();
    checkNotCustom("Step.commit", "Call it after the pass.");
    commits.run();
  }

  /**
   * Sets the observer that is notified of every layer's output from now on.
   *
   * @param observer replaces the one before
   */
  public void observe(Observer observer) {
    this.observer = observer;
  }

  /**
   * Notifies the observer; layers call this.
   *
   * @param source the layer
   * @param output its output
   */
  public void computed(Object source, Tensor output) {
    observer.computed(source, output);
  }

  /**
   * Computes something as a part of a layer, which the operations of the meantime are recorded
   * with.
   *
   * @param layer what errors and traces name; its {@code toString} is its name
   * @param computation gives the result
   * @param <T> its type
   * @return the result
   */
  public <T> T within(Object layer, Supplier<T> computation) {
    layers.push(layer);
    try {
      return computation.get();
    } finally {
      layers.pop();
    }
  }

  /**
   * Records every operation from now on.
   *
   * @return the record, which grows as operations are carried out, until this step closes
   */
  public Trace trace() {
    check();
    checkNotCustom("Step.trace", "Call it before the operation.");
    if (trace == null) {
      trace = new Trace(this);
      derived.clear(); // the trace would not know how they were computed
    }
    return trace;
  }

  /**
   * Has every result and every gradient from now on checked to be finite, one operation at a time,
   * with none fused into another: slow, and tells where a NaN comes from.
   *
   * <p>An operation with an operand that is NaN, or that makes a NaN or an infinity of operands
   * that have none, throws {@link NonFiniteException}, which names the operation and the layer, and
   * the operand if it is a variable. Infinite constants, as in masks, are no fault, nor is a NaN in
   * what an operation leaves out, as {@code where}, {@code slice}, {@code gather} and rows that
   * {@code crossEntropy} ignores. Convolutions that are not fused round otherwise.
   */
  public void checkEachOperation() {
    check();
    checkNotCustom("Step.checkEachOperation", "Call it before the operation.");
    checksEach = true;
  }

  boolean checksEach() {
    return checksEach;
  }

  boolean isTraced() {
    return trace != null;
  }

  /** Whether memory stays that {@link Tensor#release} would give back. */
  boolean keepsIntermediates() {
    return trace != null || custom != null;
  }

  /** The layer that computes; null outside of all. */
  Object layer() {
    return layers.peek();
  }

  /** Says that a custom operation's own code runs from now on, or null; returns which did. */
  CustomCode enter(CustomCode code) {
    CustomCode outer = custom;
    custom = code;
    return outer;
  }

  /** Throws where a custom operation's own code runs. */
  void checkNotCustom(String what, String remedy) {
    if (custom != null) {
      throw new IllegalStateException(
          what
              + ": a custom operation's own code computes from its inputs only, and changes nothing"
              + " else. "
              + remedy);
    }
  }

  /** Notes a tensor in memory of its own. */
  private Tensor made(Tensor tensor) {
    if (custom != null) {
      custom.made(tensor);
    }
    return tensor;
  }

  /**
   * Removes the updates that {@link #commit} would run and returns them, for results that are good
   * only together with those of further steps.
   *
   * @return runs the updates, in order; call it once, whether or not this step is closed. If one
   *     throws, those before it have run: undoing them is up to the caller
   */
  public Runnable drainCommits() {
    check();
    checkNotCustom("Step.drainCommits", "Call it after the pass.");
    return commits.take();
  }

  /**
   * Has this thread's memory outside the heap freed when its last open step closes, rather than
   * kept for further steps: for a pass that was unusually large.
   */
  public void freeOnClose() {
    check();
    arena.releaseOnClose();
  }

  /**
   * Returns how much memory outside the heap the step's tensors took so far.
   *
   * @return in bytes, without {@link #workspaceBytes}
   */
  public long bytes() {
    check();
    return arena.usedBytes();
  }

  /**
   * Returns how much memory outside the heap the operations of this thread keep for themselves:
   * scratchpads, packed weights, images with borders.
   *
   * @return in bytes
   */
  public long workspaceBytes() {
    check();
    return NativeMemory.workspaceBytes();
  }

  @Override
  public void close() {
    if (open) {
      checkThread();
      checkNotCustom("Step.close", "Close the step outside.");
      open = false;
      graph.clear();
      leaves.clear();
      derived.clear();
      commits.clear();
      arena.recycle();
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

  /** A constant over memory that something else gives back. */
  Tensor constant(INDArray value, DType dtype) {
    return new Tensor(this, value, dtype, null, null);
  }

  /** A constant in memory of its own, which goes back at the end of a custom operation. */
  Tensor own(INDArray value, DType dtype) {
    return made(constant(value, dtype));
  }

  /** A constant equal to a tensor of another step. */
  Tensor copy(Tensor other) {
    check();
    observer.using(layer());
    INDArray copy = arena.allocate(other.dtype(), other.dims());
    HeapCopy.copy(other.array(), copy);
    return own(copy, other.dtype());
  }

  Tensor leaf(Variable variable) {
    check();
    if (custom != null) { // a name takes a while
      checkNotCustom(variable.name(), "Pass it to Step.apply as an input, with in(step).");
    }
    observer.using(layer());
    return leaves.computeIfAbsent(
        variable,
        v -> {
          Node node = training && v.isTrainable() ? graph.leaf() : null;
          return new Tensor(this, v.array(), v.dtype(), v, node);
        });
  }

  /**
   * What is derived from variables, once for all its uses: computed anew after a write only. Its
   * uses may lie behind several losses, so gradients may go through it more than once.
   */
  Tensor derived(Parametrization what, long stamp, Supplier<Tensor> formula) {
    Parametrization.Value known = derived.get(what);
    if (known == null || known.stamp() != stamp) {
      boolean before = keepsNodes;
      keepsNodes = true;
      try {
        known = new Parametrization.Value(formula.get(), stamp);
      } finally {
        keepsNodes = before;
      }
      derived.put(what, known);
    }
    return known.tensor();
  }

  /** What gradients go through. */
  Graph graph() {
    return graph;
  }

  /**
   * Carries a custom operation out.
   *
   * @param operation what to compute
   * @param inputs one or more tensors of this step, in any format
   * @return its value; gradients go back by its backward pass, where an input has one
   * @throws IllegalArgumentException if an input is null or of another step, or there is none
   * @throws IllegalStateException if the operation does what {@link CustomOperation} says it may
   *     not, or fails by an exception of its own. One that is an {@code IllegalArgumentException},
   *     {@link NonFiniteException} or {@code InsufficientMemoryException} stays one
   */
  public Tensor apply(CustomOperation operation, Tensor... inputs) {
    check();
    return apply(Custom.checked(this, operation, inputs), inputs.clone());
  }

  /** Carries an operation out; returns its first result. */
  Tensor apply(Kind kind, Tensor... inputs) {
    return applyAll(kind, inputs).get(0);
  }

  /** Carries an operation out; returns all its results. */
  List<Tensor> applyAll(Kind kind, Tensor... inputs) {
    check();
    observer.using(layer());
    boolean recorded = custom == null;
    if (recorded && checksEach && kind.isFused(inputs)) {
      return List.of(kind.oneByOne(inputs));
    }
    if (custom != null && isAnyTracked(inputs)) {
      checkNotCustom(
          kind.name() + " of a tensor that gradients go through",
          "Pass it to Step.apply as an input.");
    }
    if (!kind.takesIntegers()) {
      checkNoIntegers(kind.name(), inputs);
    }
    Value value = kind.of(inputs);
    boolean tracked = value.backward() != null && isAnyTracked(inputs);
    Operation operation =
        recorded && (tracked || trace != null || checksEach)
            ? new Operation(kind, inputs, layer())
            : null;
    Node node = tracked ? graph.result(operation, value.backward()) : null;
    if (tracked && keepsNodes) {
      node.keep();
    }
    List<Tensor> results = results(value, node);
    if (operation != null) {
      operation.gave(results);
      record(operation);
    }
    return results;
  }

  /** Refuses operands in INT, of an operation or of one that is put together from several. */
  static void checkNoIntegers(String operation, Tensor... inputs) {
    for (Tensor input : inputs) {
      if (input != null && input.dtype() == DType.INT) {
        throw new IllegalArgumentException(
            operation
                + ": expected a tensor in FLOAT or DOUBLE, got one in INT of shape "
                + Arrays.toString(input.dims())
                + ". Convert it with to(DType.FLOAT).");
      }
    }
  }

  private static boolean isAnyTracked(Tensor... inputs) {
    for (Tensor input : inputs) {
      if (input != null && input.isTracked()) {
        return true;
      }
    }
    return false;
  }

  private List<Tensor> results(Value value, Node node) {
    Tensor result = new Tensor(this, value.array(), value.dtype(), null, node);
    if (value.sharing() != null) {
      result.sharing(value.sharing());
    } else {
      made(result);
    }
    if (value.further().isEmpty()) {
      return List.of(result);
    }
    List<Tensor> results = new ArrayList<>();
    results.add(result);
    value.further().forEach(more -> results.add(own(more.array(), more.dtype())));
    return List.copyOf(results);
  }

  private void record(Operation operation) {
    if (trace != null) {
      trace.add(operation);
    }
    if (checksEach) {
      OperationCheck.ofResults(operation);
    }
  }
}
