package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.vqvae4j.log.internal.Log;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;

/**
 * The oneDNN context of one thread: its stream, its primitives (created once per shape), and its
 * copies of weights in the layouts chosen by the primitives.
 *
 * <p>Threads share only the engine: a primitive's arguments are set before each execution, and its
 * scratchpad must be used by one thread only.
 */
final class OneDnn {
  private static final Logger LOG = Log.of(OneDnn.class);

  /** The maximum number of cached primitives; the least recently used are evicted. */
  private static final int MAX_CALLS = 2_048;

  /** The maximum number of cached copies of weights; the least recently used are evicted. */
  private static final int MAX_DERIVED = 512;

  /** The slope for {@link #appendRelu}: the reciprocal of the smallest normal float. */
  static final float RELU_SLOPE = 1 / Float.MIN_NORMAL;

  private static final engine CPU = new engine(engine.kind.cpu, 0);
  private static final ThreadLocal<OneDnn> CURRENT = ThreadLocal.withInitial(OneDnn::new);

  private final stream stream = new stream(CPU);

  /**
   * Cached primitives. They depend on the operation, its parameters, and the number of OpenMP
   * threads, because oneDNN partitions the work and sizes the scratchpad when it creates a
   * primitive.
   */
  private final Map<InferenceSplit.Key, Object> calls = new Lru<>(MAX_CALLS, call -> {});

  /**
   * Cached values derived from weights. They depend on the weights' contents, identified by the
   * stamp, on the kind of derivation, and on its parameters. The key contains the weights' address
   * instead of the stamp, so that a new version of the weights overwrites the old copy.
   */
  private final Map<InferenceSplit.Key, DerivedWeights> derived =
      new Lru<>(MAX_DERIVED, old -> old.data.close());

  /** Distinct memory layouts; the index of a layout is its ID. */
  private final List<memory.desc> layouts = new ArrayList<>();

  private OneDnn() {
    ThreadCaches.onRelease(this::release);
  }

  private void release() {
    derived.values().forEach(weights -> weights.data.close());
    derived.clear();
    for (Object call : calls.values()) {
      if (call instanceof NativeResource resource) {
        resource.release();
      }
    }
    calls.clear();
  }

  /** Returns this thread's context. */
  static OneDnn get() {
    return CURRENT.get();
  }

  static engine cpu() {
    return CPU;
  }

  /** A cached object that owns off-heap memory. */
  interface NativeResource {
    /** Releases the memory. The object must not be used afterwards. */
    void release();
  }

  /** Values derived from weights, such as a copy in another layout. */
  private static final class DerivedWeights {
    final NativeMemory data;

    /** The stamp of the weights from which the values were computed. */
    long source;

    /** The stamp of the derived values. */
    long stamp;

    DerivedWeights(long bytes) {
      data = NativeMemory.workspace(bytes, "a copy of weights");
    }
  }

  private static final class Lru<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int maxSize;
    private final transient Consumer<V> onEvict;

    Lru(int maxSize, Consumer<V> onEvict) {
      super(16, 0.75f, true);
      this.maxSize = maxSize;
      this.onEvict = onEvict;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      if (size() <= maxSize) {
        return false;
      }
      onEvict.accept(eldest.getValue());
      return true;
    }
  }

  /**
   * Returns an object that is created once per operation, parameters and number of threads.
   *
   * @param operation the name of the operation
   * @param build creates the object
   * @param type the type of the object
   * @param parameters everything the object depends on: shapes, strides, flags
   */
  <T> T cached(String operation, Function<OneDnn, T> build, Class<T> type, long... parameters) {
    InferenceSplit.Key key = new InferenceSplit.Key(operation, NativeThreads.current(), parameters);
    Object object = calls.get(key);
    if (object == null) {
      object = build.apply(this);
      calls.put(key, object);
    }
    return type.cast(object);
  }

  /** Returns attributes with a user-provided scratchpad. */
  static primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    return attributes;
  }

  /**
   * Appends a ReLU that propagates NaN; oneDNN's ReLU maps NaN to 0. It is computed as x clip(x /
   * 2^-126, 0, 1), which equals max(x, 0) for every finite x that is not subnormal (with -0 for
   * negative x). Negative infinity becomes NaN.
   */
  static void appendRelu(post_ops postOps) {
    postOps.append_eltwise(dnnl.algorithm.eltwise_hardswish, RELU_SLOPE, 0);
  }

  /** Returns the layout of a dense float array in row-major order. */
  static memory.desc dense(long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return new memory.desc(shape, memory.data_type.f32, strides);
  }

  /** Returns the layout of a float array with strides. */
  static memory.desc strided(long[] shape, long... strides) {
    return new memory.desc(shape, memory.data_type.f32, strides);
  }

  /** Returns this thread's ID of a layout; equal layouts have the same ID. */
  private long idOf(memory.desc layout) {
    for (int i = 0; i < layouts.size(); i++) {
      if (layouts.get(i).equals(layout)) {
        return i;
      }
    }
    layouts.add(layout);
    return layouts.size() - 1;
  }

  /** A conversion between layouts, their IDs, and their sizes in bytes. */
  record Packing(Call reorder, long from, long to, long bytesBefore, long bytes) {}

  /**
   * Returns the conversion between two layouts of the same logical shape; null if they are equal.
   */
  Packing packing(memory.desc from, memory.desc to) {
    return from.equals(to)
        ? null
        : new Packing(
            reorder(from, to, false), idOf(from), idOf(to), from.get_size(), to.get_size());
  }

  /** Returns weights converted to another layout, cached until they change. */
  Weights pack(Weights weights, Packing packing) {
    return derive(
        weights,
        "packed",
        packing.bytes(),
        target -> packing.reorder().set(0, weights.data()).set(1, target).run(),
        packing.from(),
        packing.to());
  }

  /**
   * Returns values derived from weights, which are recomputed only if the weights have changed.
   *
   * @param weights the source
   * @param operation the name of the derivation
   * @param bytes the size of the result
   * @param compute computes the result
   * @param parameters everything the result depends on except the weights
   */
  Weights derive(
      Weights weights,
      String operation,
      long bytes,
      Consumer<Pointer> compute,
      long... parameters) {
    long[] all = OneDnnKernels.cacheKey(weights.data().address(), parameters);
    InferenceSplit.Key key = new InferenceSplit.Key(operation, 0, all);
    DerivedWeights result = derived.computeIfAbsent(key, k -> new DerivedWeights(bytes));
    if (result.source != weights.stamp()) {
      // Invalid until the computation has succeeded.
      result.source = 0;
      compute.accept(result.data.pointer());
      result.source = weights.stamp();
      result.stamp = VersionStamp.next();
      if (LOG.isTraceEnabled()) {
        LOG.trace("Weights {}: {} {}.", weights.stamp(), operation, Arrays.toString(parameters));
      }
    }
    return new Weights(result.data.pointer(), result.stamp);
  }

  /**
   * Returns a copy between layouts of the same logical shape.
   *
   * @param from the source layout
   * @param to the target layout
   * @param add whether to add to the target instead of overwriting it
   */
  Call reorder(memory.desc from, memory.desc to, boolean add) {
    primitive_attr attributes = attributes();
    if (add) {
      post_ops sum = new post_ops();
      sum.append_sum(1, 0, memory.data_type.undef);
      attributes.set_post_ops(sum);
    }
    var description = new reorder.primitive_desc(CPU, from, CPU, to, attributes, false);
    return call()
        .argument(DNNL_ARG_FROM, from)
        .argument(DNNL_ARG_TO, to)
        .build(new reorder(description), description);
  }

  /** Returns the matrix product y = a b, possibly batched. */
  Call matmul(memory.desc a, memory.desc b, memory.desc y) {
    return matmul(a, b, y, new post_ops());
  }

  /** Returns the matrix product y = a b followed by post-ops. */
  Call matmul(memory.desc a, memory.desc b, memory.desc y, post_ops postOps) {
    primitive_attr attributes = attributes();
    attributes.set_post_ops(postOps);
    var description = new matmul.primitive_desc(CPU, a, b, y, attributes, true);
    return isUnsupported(description)
        ? Call.UNSUPPORTED
        : call()
            .argument(DNNL_ARG_SRC, a)
            .argument(DNNL_ARG_WEIGHTS, b)
            .argument(DNNL_ARG_DST, y)
            .build(new matmul(description), description);
  }

  /** A primitive with its arguments. */
  static final class Call {
    /** Indicates that oneDNN has no optimized implementation. */
    static final Call UNSUPPORTED = new Call();

    private final OneDnn thread;
    private final primitive primitive;
    private final memory[] arguments;
    private final IntMemoryMap map;
    private final memory scratchpad;
    private final long scratchBytes;

    private Call() {
      thread = null;
      primitive = null;
      arguments = null;
      map = null;
      scratchpad = null;
      scratchBytes = 0;
    }

    private Call(OneDnn thread, primitive primitive, memory.desc scratchpad, memory[] arguments) {
      this.thread = thread;
      this.primitive = primitive;
      this.arguments = arguments;
      this.scratchBytes = scratchpad.get_size();
      this.scratchpad = new memory(scratchpad, CPU, (Pointer) null);
      map = new IntMemoryMap();
      map.put(DNNL_ARG_SCRATCHPAD, this.scratchpad);
    }

    /** Sets the i-th argument to an array. */
    Call set(int i, INDArray array) {
      return set(i, array.data().pointer());
    }

    Call set(int i, Pointer pointer) {
      arguments[i].set_data_handle(pointer);
      return this;
    }

    void run() {
      if (scratchBytes > 0) {
        scratchpad.set_data_handle(
            ScratchBuffer.PRIMITIVE.floats((scratchBytes + Float.BYTES - 1) / Float.BYTES));
      }
      primitive.execute(thread.stream, map);
      thread.stream._wait();
    }
  }

  /** Builds a call from a primitive and its arguments. */
  final class Builder {
    private final List<memory> arguments = new ArrayList<>();
    private final List<Integer> kinds = new ArrayList<>();

    /** Adds an argument, given its oneDNN index and its layout. */
    Builder argument(int kind, memory.desc layout) {
      kinds.add(kind);
      arguments.add(new memory(layout, CPU, (Pointer) null));
      return this;
    }

    Call build(primitive primitive, primitive_desc_base description) {
      Call call =
          new Call(
              OneDnn.this,
              primitive,
              description.scratchpad_desc(),
              arguments.toArray(memory[]::new));
      for (int i = 0; i < kinds.size(); i++) {
        call.map.put(kinds.get(i), arguments.get(i));
      }
      return call;
    }
  }

  Builder call() {
    return new Builder();
  }

  /**
   * Returns whether oneDNN does not support a primitive, or only has its slow reference
   * implementation.
   */
  static boolean isUnsupported(primitive_desc_base description) {
    return description.get(true) == null || implementation(description).contains("ref");
  }

  /** Returns the name of the implementation of a primitive. */
  static String implementation(primitive_desc_base description) {
    try (BytePointer name = description.impl_info_str()) {
      return name.getString();
    }
  }
}
