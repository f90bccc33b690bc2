package io.github.vqvae4j.tensor;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.KernelChoice;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import io.github.vqvae4j.tensor.internal.NativeThreads;
import io.github.vqvae4j.tensor.internal.Nd4jArrays;
import io.github.vqvae4j.tensor.internal.OpenSteps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One forward pass through a model, with an optional backward pass. A step owns the memory of all
 * tensors created in it, records operations for gradients if it is a training step, and holds the
 * key of the pass's random numbers.
 *
 * <pre>{@code
 * try (Step step = Step.training(rng)) {
 *   Tensor x = step.tensor(pixels, 32, 28, 28, 1);
 *   Tensor loss = model.forward(x).square().mean();
 *   loss.backward();
 *   Tensor gradient = step.gradient(weight);   // a parameter of the model
 *   step.commit();                             // applies buffer updates such as moving averages
 * }
 * }</pre>
 *
 * <p>A step may only be used by the thread that opened it, a platform thread. When it closes, its
 * memory is reused by the thread's next step, and any use of its tensors throws.
 */
public final class Step implements AutoCloseable {
  /** Receives the layer outputs of a step as they are computed. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Called when a layer has computed its output.
     *
     * @param source the layer
     * @param output the output of the layer
     */
    void afterLayer(Object source, Tensor output);

    /**
     * Called before an operation is executed, and before a constant or a variable's tensor is
     * created.
     *
     * @param layer the innermost active layer, or null outside of all layers
     */
    default void beforeOperation(Object layer) {}
  }

  private final Thread owner = NativeThreads.platformThread();
  private final boolean training;
  private final RngKey key;
  private final Communicator workers;
  private final Kernels floatKernels;
  private final NativeThreads.Scope threads;

  /** That of this step among all open steps. */
  private final long number;

  private final Arena arena = Arena.acquire();
  private final Graph graph = new Graph(this);
  private final Deque<Object> layers = new ArrayDeque<>();
  private final Map<Variable, Tensor> leaves = new LinkedHashMap<>();

  /** The gradients that {@link #sumGradients} has summed over the workers. */
  private final Map<Variable, GradientArray> summedGradients = new IdentityHashMap<>();

  private final Map<Parametrization, Parametrization.CachedValue> parametrized =
      new IdentityHashMap<>();
  private final PendingUpdates pendingUpdates = new PendingUpdates(arena);
  private Observer observer = (source, output) -> {};
  private Trace trace;

  /** The variables that this step may update; null for all. */
  private Set<Variable> updated;

  /** The custom operation whose code is running, or null. */
  private CustomOperationCall custom;

  private boolean checksEachOperation;
  private boolean retainsGraph;
  private long draws;
  private boolean open = true;

  Step(boolean training, RngKey key, Communicator workers, Kernels floatKernels) {
    this.training = training;
    this.key = key;
    this.workers = workers;
    this.floatKernels = floatKernels;
    threads = NativeThreads.open(training);
    number = OpenSteps.add(this);
  }

  /**
   * Returns the name of the kernels, which compute float tensors.
   *
   * @return the library and its version, such as {@code oneDNN 3.11.0}; {@code ND4J} if oneDNN's
   *     natives are missing or the system property {@code vqvae4j.kernels} is {@code nd4j}
   * @throws IllegalArgumentException if the system property has an invalid value
   * @throws IllegalStateException if the natives cannot be loaded or their versions are mixed
   */
  public static String kernels() {
    return KernelChoice.forFloat().name();
  }

  /**
   * Opens a step that records operations for gradients.
   *
   * @param key the key of the pass's random numbers
   * @return a step, which the caller must close
   * @throws NullPointerException if the key is null
   */
  public static Step training(RngKey key) {
    return training(key, Communicator.single());
  }

  /**
   * Opens a step that records operations for gradients and computes a share of a batch, together
   * with steps of other workers.
   *
   * @param key the key of the pass's random numbers, with the position of this worker's first
   *     example in the batch
   * @param workers the communicator of this worker
   * @return a step, which the caller must close
   * @throws NullPointerException if the key is null
   */
  public static Step training(RngKey key, Communicator workers) {
    Objects.requireNonNull(
        key, "Step.training: expected a key, got null; Step.inference() requires none.");
    return new Step(true, key, workers, KernelChoice.forFloat());
  }

  /**
   * Opens a step that records operations for gradients.
   *
   * @param rng the generator that supplies the seed of the pass's random numbers; it advances by
   *     one value
   * @return a step, which the caller must close
   */
  public static Step training(Rng rng) {
    return training(keyFrom(rng));
  }

  /**
   * Opens an inference step without random numbers. Operations on variables are not recorded, and
   * the library's layers register no buffer updates.
   *
   * @return a step, which the caller must close
   */
  public static Step inference() {
    return new Step(false, null, Communicator.single(), KernelChoice.forFloat());
  }

  /**
   * Opens an inference step with random numbers, for sampling.
   *
   * @param key the key of the pass's random numbers
   * @return a step, which the caller must close
   * @throws NullPointerException if the key is null
   */
  public static Step inference(RngKey key) {
    Objects.requireNonNull(
        key, "Step.inference: expected a key, got null; use Step.inference() without a key.");
    return new Step(false, key, Communicator.single(), KernelChoice.forFloat());
  }

  /**
   * Opens an inference step with random numbers, for sampling.
   *
   * @param rng the generator that supplies the seed of the pass's random numbers; it advances by
   *     one value
   * @return a step, which the caller must close
   */
  public static Step inference(Rng rng) {
    return inference(keyFrom(rng));
  }

  private static RngKey keyFrom(Rng rng) {
    return new RngKey(rng.nextLong(), 0, 0);
  }

  /**
   * Returns whether this is a training step, which records gradients and whose {@link #commit}
   * updates buffers.
   *
   * @return true for a training step
   */
  public boolean isTraining() {
    return training;
  }

  /**
   * Returns the key of the pass's random numbers.
   *
   * @return the key that the step was opened with
   * @throws IllegalStateException in an inference step without a key
   */
  public RngKey key() {
    if (key == null) {
      throw new IllegalStateException(
          "Step: this inference step has no key for random numbers; open it with"
              + " Step.inference(rng).");
    }
    return key;
  }

  /**
   * Returns the workers of a training run that compute the shares of the batch in parallel, and
   * which of them opened this step.
   *
   * @return the communicator; of a single worker unless a trainer with several workers opened the
   *     step
   */
  public Communicator workers() {
    return workers;
  }

  /**
   * Returns the sum of a tensor over all workers of a training run, for computations that are not
   * means over the examples of a batch, such as batch statistics:
   *
   * <pre>{@code
   * Tensor sum = step.sumOverWorkers(x.sum(0));
   * Tensor count = step.sumOverWorkers(step.tensor(new float[] {x.size(0)}, 1));
   * Tensor mean = sum.div(count); // of the whole batch
   * }</pre>
   *
   * <p>The loss of a batch is the sum of the workers' losses, each multiplied by its share of the
   * examples. The gradient of a sum is therefore the sum of the workers' gradients. With a single
   * worker, as in inference and in custom training loops, the result is the tensor itself.
   *
   * @param tensor a FLOAT or DOUBLE tensor of this step. All workers call this method in the same
   *     order, with tensors of the same shape; sums of the same size in another order are not
   *     detected, and are wrong
   * @return the sum, added in double precision in the order of the workers; the same on all of them
   * @throws IllegalArgumentException if it is an INT tensor or belongs to another step
   * @throws IllegalStateException if the workers do not call the same methods in the same order
   */
  public Tensor sumOverWorkers(Tensor tensor) {
    check();
    if (tensor.step() != this) {
      throw new IllegalArgumentException(
          "Step.sumOverWorkers: expected a tensor of this step, got one of another step.");
    }
    checkNoIntegers("sumOverWorkers", tensor);
    return workers.size() == 1 ? tensor : apply(new SumOverWorkers(), tensor);
  }

  /**
   * Replaces the gradients of variables, as {@link #gradient} returns them, by their sums over the
   * steps of all workers. All backward passes must have ended before, and no step may close until
   * all sums are complete ({@link Communicator#barrier}). In between, each worker may call this
   * method on its own step with variables of its own.
   *
   * @param steps the steps of all workers, this one included, in the order of the sums
   * @param variables the variables
   */
  public void sumGradients(List<Step> steps, Collection<? extends Variable> variables) {
    check();
    for (Variable variable : variables) {
      List<GradientArray> addends =
          steps.stream().map(step -> step.ownGradient(variable)).filter(Objects::nonNull).toList();
      boolean unchanged = addends.size() == 1 && addends.get(0) == ownGradient(variable);
      if (!addends.isEmpty() && !unchanged) {
        summedGradients.put(variable, sum(addends));
      }
    }
  }

  /**
   * Returns the gradient of a variable before any summation, also to the threads of other steps;
   * null if there is none.
   */
  private GradientArray ownGradient(Variable variable) {
    Tensor leaf = leaves.get(variable);
    return leaf == null || leaf.node() == null ? null : leaf.node().gradient();
  }

  private GradientArray sum(List<GradientArray> addends) {
    GradientArray first = addends.get(0);
    DType dtype = first.dtype();
    INDArray sum = arena.allocate(dtype, first.array().shape());
    if (addends.size() == 1) {
      HeapCopy.copy(first.array(), sum);
    } else {
      kernels(dtype).binary(Binary.ADD, first.array(), addends.get(1).array(), sum);
      addends.stream().skip(2).forEach(next -> kernels(dtype).accumulate(sum, next.array()));
    }
    return GradientArray.of(arena, dtype, sum);
  }

  /**
   * Returns the generator for the next random operation whose values are shared by all examples,
   * such as the same crop for all images. The generator depends on the key's seed and step and on
   * the number of previous random operations of the pass, but not on the positions of the examples.
   *
   * @return a new generator
   * @throws IllegalStateException in an inference step without a key
   */
  public Rng sharedRng() {
    return key().shared(nextDraw());
  }

  /** Registers the index of a random operation, which may come from a trace. */
  void drawn(long draw) {
    draws = Math.max(draws, draw + 1);
  }

  /**
   * Returns the index of the next random operation of the pass, and increments the counter. The
   * random numbers of the example at position i of this pass are those of {@code
   * key().example(draw, i)}.
   *
   * @return the index, from 0
   * @throws IllegalStateException in an inference step without a key
   */
  public long nextDraw() {
    checkNotCustom("Step.nextDraw", "Generate them outside, and pass them as an input.");
    key();
    return draws++;
  }

  /**
   * Increments the counter of random operations for one that is skipped, such as dropout in
   * evaluation mode, so that later operations generate the same values as if it had run. Has no
   * effect in a step without a key.
   */
  public void skipDraw() {
    if (key != null) {
      nextDraw();
    }
  }

  /**
   * Creates a constant tensor from an array.
   *
   * @param values the values in row-major order, as many as the shape has elements
   * @param shape the shape, with dimensions of at least 1
   * @return a tensor of type {@link DType#FLOAT}
   */
  public Tensor tensor(float[] values, long... shape) {
    INDArray array = allocate(values.length, DType.FLOAT, shape);
    HeapCopy.write(values, 0, values.length, array, 0);
    return own(array, DType.FLOAT);
  }

  /**
   * Creates a constant tensor from an array of doubles.
   *
   * @param values the values in row-major order, as many as the shape has elements
   * @param shape the shape, with dimensions of at least 1
   * @return a tensor of type {@link DType#DOUBLE}
   */
  public Tensor tensor(double[] values, long... shape) {
    INDArray array = allocate(values.length, DType.DOUBLE, shape);
    HeapCopy.write(values, array);
    return own(array, DType.DOUBLE);
  }

  /**
   * Creates a constant tensor from an array of integers, such as codes or labels.
   *
   * @param values the values in row-major order, as many as the shape has elements
   * @param shape the shape, with dimensions of at least 1
   * @return a tensor of type {@link DType#INT}
   */
  public Tensor tensor(int[] values, long... shape) {
    INDArray array = allocate(values.length, DType.INT, shape);
    HeapCopy.write(values, 0, values.length, array, 0);
    return own(array, DType.INT);
  }

  /**
   * Creates a constant tensor from a copy of an ND4J array. The array may have any order, and may
   * be a view or attached to a workspace.
   *
   * @param array a non-empty array of type FLOAT, DOUBLE or INT (32 bits)
   * @return a tensor of the same shape and data type; a scalar of rank 0 becomes shape [1]
   * @throws IllegalArgumentException if the array is empty, closed or of another data type, with a
   *     message that states how to convert it
   */
  public Tensor tensor(INDArray array) {
    check();
    observer.beforeOperation(currentLayer());
    DType dtype = Nd4jArrays.dtype(array);
    INDArray copy = arena.allocate(dtype, array.rank() == 0 ? new long[] {1} : array.shape());
    copy.assign(array);
    return own(copy, dtype);
  }

  private INDArray allocate(long values, DType dtype, long... shape) {
    check();
    observer.beforeOperation(layers.peek());
    long size = Shape.checkedSize("Step.tensor", shape);
    if (size != values) {
      throw new IllegalArgumentException(
          "Step.tensor: shape "
              + Arrays.toString(shape)
              + " has "
              + size
              + (size == 1 ? " element, got " : " elements, got ")
              + values
              + " values.");
    }
    return arena.allocate(dtype, shape);
  }

  /**
   * Returns the gradient of a variable computed by {@link Tensor#backward()}.
   *
   * @param variable a variable that was used in this step
   * @return a constant tensor of the variable's shape, or null if no loss depended on it
   */
  public Tensor gradient(Variable variable) {
    check();
    GradientArray sum = summedGradients.get(variable);
    if (sum != null) {
      Tensor gradient = constant(sum.array(), sum.dtype());
      gradient.keepForGradients(); // the memory is shared, so release() must not free it
      return gradient;
    }
    Tensor leaf = leaves.get(variable);
    return leaf == null ? null : leaf.gradient();
  }

  /**
   * Computes the gradients of a scalar with respect to given variables only, such as the gradients
   * of one of several losses. Operations that do not depend on any of the variables are skipped.
   * The gradients accumulated by {@link Tensor#backward} and the results of earlier calls are not
   * changed. In FLOAT, rounding may differ from {@code backward()}.
   *
   * @param loss a scalar of this step
   * @param variables trainable variables that were used in this step
   * @param keepGraph whether to retain the graph, so that further gradients can be computed through
   *     the same results
   * @return constant tensors of the variables' shapes, in the same order; zeros if the scalar does
   *     not depend on a variable
   * @throws IllegalStateException as {@link Tensor#backward} does
   * @throws IllegalArgumentException if a variable was not used in this step, or has no gradient
   */
  public List<Tensor> gradients(
      Tensor loss, List<? extends Variable> variables, boolean keepGraph) {
    graph.checkLoss("Step.gradients", loss);
    return graph.gradients(loss, variables.stream().map(this::trackedLeaf).toList(), keepGraph);
  }

  /**
   * Computes the gradients of a scalar, as {@link #gradients(Tensor, List, boolean)} does, without
   * retaining the graph.
   *
   * @param loss a scalar of this step
   * @param variables trainable variables that were used in this step
   * @return constant tensors of the variables' shapes, in the same order
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
              + (leaf == null ? " was not used." : " has no gradient: " + whyUntracked(variable)));
    }
    return leaf;
  }

  private String whyUntracked(Variable variable) {
    if (!training) {
      return "this is an inference step.";
    }
    if (updated != null && !updated.contains(variable)) {
      return "it is not among the variables passed to updateOnly.";
    }
    return variable.isParameter()
        ? "it was frozen when the step first used it; unfreeze it before the forward pass."
        : "it is a buffer.";
  }

  /**
   * Restricts the step to the training of some variables: all others are treated as frozen. They
   * get no gradients, and updates of buffers among them are skipped. For training with several
   * losses, such as those of a GAN, in which each loss trains one part of the model. Call it before
   * the forward pass.
   *
   * @param variables the variables that the step may update
   * @throws IllegalStateException if the step has used a variable already
   */
  public void updateOnly(Collection<? extends Variable> variables) {
    check();
    if (!leaves.isEmpty()) {
      throw new IllegalStateException(
          "Step.updateOnly: expected a call before the forward pass, but "
              + leaves.keySet().iterator().next().name()
              + " was already used.");
    }
    updated = Collections.newSetFromMap(new IdentityHashMap<>());
    updated.addAll(variables);
  }

  /**
   * Returns the variables that this step has used so far.
   *
   * @return the variables, in the order of their first use
   */
  public List<Variable> variables() {
    check();
    return List.copyOf(leaves.keySet());
  }

  /** Returns whether this step may update a variable. */
  private boolean updates(Variable variable) {
    return !variable.isFrozen() && (updated == null || updated.contains(variable));
  }

  /**
   * Registers an update to run on {@link #commit}, such as a moving average, with statistics of
   * this pass. Forward passes must change buffers only in this way. If a training step consists of
   * several passes, of workers or accumulated batches, their statistics are merged, and the update
   * runs once, with those of all examples.
   *
   * <p>Updates that write a frozen variable are skipped, whether it is frozen now or on commit, and
   * so are those excluded by {@link #updateOnly}.
   *
   * @param statistics the statistics, copied out of the step's tensors
   * @param merge returns the statistics of two passes: the first argument is of the examples that
   *     precede those of the second. It must be associative, and must not depend on this pass
   * @param update the update, which must not access the step's tensors: it may run after the step
   *     has closed
   * @param written all variables that the update writes
   * @param <S> the type of the statistics
   */
  public <S> void onCommit(
      S statistics, BinaryOperator<S> merge, Consumer<? super S> update, Variable... written) {
    check();
    checkNotCustom("Step.onCommit", "Call it in the layer that applies the operation.");
    if (Stream.of(written).allMatch(this::updates)) {
      pendingUpdates.add(statistics, merge, update, written);
    }
  }

  /**
   * Registers an update, as {@link #onCommit(Object, BinaryOperator, Consumer, Variable...)} does,
   * with statistics that are merged by adding them.
   *
   * @param sums sums over the examples of this pass
   * @param update the update, which gets the sums over all examples
   * @param written all variables that the update writes
   */
  public void onCommit(double[] sums, Consumer<double[]> update, Variable... written) {
    onCommit(sums, Step::added, update, written);
  }

  private static double[] added(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalStateException(
          "Step.onCommit: expected as many sums in every pass of a training step, got "
              + first.length
              + " and "
              + second.length
              + ".");
    }
    double[] sum = first.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += second[i];
    }
    return sum;
  }

  /**
   * Runs the updates registered by {@link #onCommit} in order, once the results of the step have
   * been accepted. The commit is atomic: if an update throws, the values of all variables passed to
   * {@code onCommit} are restored, and the exception is rethrown.
   */
  public void commit() {
    check();
    checkNotCustom("Step.commit", "Call it after the forward pass.");
    pendingUpdates.run();
  }

  /**
   * Sets the observer that is notified of every layer output.
   *
   * @param observer the observer, which replaces the previous one
   */
  public void observe(Observer observer) {
    this.observer = observer;
  }

  /**
   * Notifies the observer of a layer output. Called by layers.
   *
   * @param source the layer
   * @param output the output of the layer
   */
  public void notifyObserver(Object source, Tensor output) {
    observer.afterLayer(source, output);
  }

  /**
   * Runs a computation as part of a layer, and attributes its operations to that layer.
   *
   * @param layer the layer, identified in errors and traces by its {@code toString}
   * @param computation the computation to run
   * @param <T> the type of the result
   * @return the result of the computation
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
   * Starts recording all operations.
   *
   * @return the trace, which grows with each operation until this step closes
   */
  public Trace trace() {
    check();
    checkNotCustom("Step.trace", "Call it before the operation.");
    if (trace == null) {
      trace = new Trace(this);
      parametrized.clear(); // computed before the trace started, so not recorded in it
    }
    return trace;
  }

  /**
   * Enables a check that all results and gradients are finite. Operations are executed one at a
   * time without fusion, which is slow but identifies the source of a NaN.
   *
   * <p>An operation throws {@link NonFiniteException} if an operand or a result contains NaN, or if
   * a result contains an infinity although all operands are finite. The exception names the
   * operation, the layer and, if the operand is a variable, the variable. Infinite constants such
   * as masks are permitted, and so is NaN in elements that {@code where}, {@code slice} or {@code
   * gather} discards and in rows that {@code crossEntropy} ignores. Without fusion, convolutions
   * round differently.
   */
  public void checkEachOperation() {
    check();
    checkNotCustom("Step.checkEachOperation", "Call it before the operation.");
    checksEachOperation = true;
  }

  boolean checksEachOperation() {
    return checksEachOperation;
  }

  boolean isTraced() {
    return trace != null;
  }

  /** Returns whether {@link Tensor#release} must not release memory. */
  boolean keepsIntermediates() {
    return trace != null || custom != null;
  }

  /** Returns the innermost active layer, or null outside of all layers. */
  Object currentLayer() {
    return layers.peek();
  }

  /** Sets the custom operation whose code is running, or null; returns the previous one. */
  CustomOperationCall enter(CustomOperationCall call) {
    CustomOperationCall outer = custom;
    custom = call;
    return outer;
  }

  /** Throws if the code of a custom operation is running. */
  void checkNotCustom(String what, String remedy) {
    if (custom != null) {
      throw new IllegalStateException(
          what
              + ": the code of a custom operation may only compute from its inputs, without side"
              + " effects. "
              + remedy);
    }
  }

  /** Registers a tensor with its own memory. */
  private Tensor register(Tensor tensor) {
    if (custom != null) {
      custom.register(tensor);
    }
    return tensor;
  }

  /**
   * Removes and returns the updates that {@link #commit} would run, for results that are only
   * accepted together with those of further steps.
   *
   * @return the updates
   */
  public StateUpdates drainCommits() {
    check();
    checkNotCustom("Step.drainCommits", "Call it after the forward pass.");
    return pendingUpdates.drain();
  }

  /**
   * Releases this thread's off-heap memory when its last open step closes, instead of retaining it
   * for further steps. Call it in passes that are unusually large.
   */
  public void freeOnClose() {
    check();
    arena.releaseOnClose();
  }

  /**
   * Returns the off-heap memory used by the step's tensors so far, excluding {@link
   * #workspaceBytes}.
   *
   * @return the memory in bytes
   */
  public long bytes() {
    check();
    return arena.usedBytes();
  }

  /**
   * Returns the off-heap memory that operations of this thread retain as workspace: scratchpads,
   * packed weights and padded images.
   *
   * @return the memory in bytes
   */
  public long workspaceBytes() {
    check();
    return NativeMemory.workspaceBytes();
  }

  @Override
  public void close() {
    if (open) {
      checkThread();
      checkNotCustom("Step.close", "Close the step outside of the operation.");
      open = false;
      graph.clear();
      leaves.clear();
      summedGradients.clear();
      parametrized.clear();
      pendingUpdates.clear();
      try {
        arena.recycle();
      } finally {
        OpenSteps.remove(number);
        threads.close();
      }
    }
  }

  /** Throws unless the step is open and used by its own thread. */
  void check() {
    if (!open) {
      throw new IllegalStateException(
          "Step: this step is closed, and the memory of its tensors may have been reused."
              + " Copy values with toFloats() before the step closes.");
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
              + ". Open a separate step on each thread.");
    }
  }

  Kernels kernels(DType dtype) {
    return dtype == DType.FLOAT ? floatKernels : KernelChoice.forDouble();
  }

  Arena arena() {
    return arena;
  }

  /** Creates a constant over memory that is managed elsewhere. */
  Tensor constant(INDArray value, DType dtype) {
    return new Tensor(this, value, dtype, null, null);
  }

  /** Creates a constant with its own memory, which is released at the end of a custom operation. */
  Tensor own(INDArray value, DType dtype) {
    return register(constant(value, dtype));
  }

  /** Creates a constant copy of a tensor of another step. */
  Tensor copy(Tensor other) {
    check();
    observer.beforeOperation(currentLayer());
    INDArray copy = arena.allocate(other.dtype(), other.dims());
    HeapCopy.copy(other.array(), copy);
    return own(copy, other.dtype());
  }

  Tensor leaf(Variable variable) {
    check();
    if (custom != null) { // computing the name is slow
      checkNotCustom(variable.name(), "Pass it to Step.apply as an input, with in(step).");
    }
    observer.beforeOperation(currentLayer());
    return leaves.computeIfAbsent(
        variable,
        v -> {
          Node node = training && v.isTrainable() && updates(v) ? graph.leaf() : null;
          return new Tensor(this, v.array(), v.dtype(), v, node);
        });
  }

  /**
   * Returns the value of a parametrization in this step, computed once per version of its
   * variables. Several losses may depend on it, so its graph is retained.
   */
  Tensor parametrized(Parametrization parametrization, long version, Supplier<Tensor> formula) {
    Parametrization.CachedValue cached = parametrized.get(parametrization);
    if (cached == null || cached.version() != version) {
      boolean previous = retainsGraph;
      retainsGraph = true;
      try {
        cached = new Parametrization.CachedValue(formula.get(), version);
      } finally {
        retainsGraph = previous;
      }
      parametrized.put(parametrization, cached);
    }
    return cached.tensor();
  }

  /** Returns the autograd graph of the step. */
  Graph graph() {
    return graph;
  }

  /**
   * Applies a custom operation.
   *
   * @param operation the operation
   * @param inputs one or more tensors of this step, of any data type
   * @return the result; its gradient is computed by the operation's backward pass if an input
   *     requires a gradient
   * @throws IllegalArgumentException if there are no inputs, or an input is null or belongs to
   *     another step
   * @throws IllegalStateException if the operation does something that {@link CustomOperation}
   *     prohibits, or throws another exception. A {@link NonFiniteException} or {@code
   *     InsufficientMemoryException} is rethrown unchanged; an {@code IllegalArgumentException} is
   *     rethrown with the operation and input shapes in its message
   */
  public Tensor apply(CustomOperation operation, Tensor... inputs) {
    check();
    return apply(CustomOperationKind.checked(this, operation, inputs), inputs.clone());
  }

  /** Executes an operation, and returns its first result. */
  Tensor apply(OperationKind kind, Tensor... inputs) {
    return applyAll(kind, inputs).get(0);
  }

  /** Executes an operation, and returns all its results. */
  List<Tensor> applyAll(OperationKind kind, Tensor... inputs) {
    check();
    observer.beforeOperation(currentLayer());
    boolean recorded = custom == null;
    if (recorded && checksEachOperation && kind.isFused(inputs)) {
      return List.of(kind.unfused(inputs));
    }
    if (custom != null && isAnyTracked(inputs)) {
      checkNotCustom(
          kind.name() + " of a tensor that requires a gradient",
          "Pass it to Step.apply as an input.");
    }
    if (!kind.acceptsIntegers()) {
      checkNoIntegers(kind.name(), inputs);
    }
    ForwardResult result = kind.forward(inputs);
    boolean tracked = result.backward() != null && isAnyTracked(inputs);
    Operation operation =
        recorded && (tracked || trace != null || checksEachOperation)
            ? new Operation(kind, inputs, currentLayer())
            : null;
    Node node = tracked ? graph.result(operation, result.backward()) : null;
    if (tracked && retainsGraph) {
      node.retain();
    }
    List<Tensor> results = tensors(result, node);
    if (operation != null) {
      operation.setResults(results);
      record(operation);
    }
    return results;
  }

  /** Throws if an operand of an operation, which may be a composite one, is an INT tensor. */
  static void checkNoIntegers(String operation, Tensor... inputs) {
    for (Tensor input : inputs) {
      if (input != null && input.dtype() == DType.INT) {
        throw new IllegalArgumentException(
            operation
                + ": expected a FLOAT or DOUBLE tensor, got an INT tensor of shape "
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

  private List<Tensor> tensors(ForwardResult result, Node node) {
    Tensor first = new Tensor(this, result.array(), result.dtype(), null, node);
    if (result.storageOwner() != null) {
      first.withStorageOf(result.storageOwner());
    } else {
      register(first);
    }
    if (result.additional().isEmpty()) {
      return List.of(first);
    }
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(first);
    result.additional().forEach(more -> tensors.add(own(more.array(), more.dtype())));
    return List.copyOf(tensors);
  }

  private void record(Operation operation) {
    if (trace != null) {
      trace.add(operation);
    }
    if (checksEachOperation) {
      OperationCheck.ofResults(operation);
    }
  }
}
