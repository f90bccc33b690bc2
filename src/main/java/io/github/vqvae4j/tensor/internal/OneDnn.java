package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

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
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's view of oneDNN: its stream, its primitives (built once per shape), and its copies of
 * weights in the layouts that the primitives picked.
 *
 * <p>Nothing here is shared between threads but the engine: a primitive's arguments are set before
 * each run, and its scratchpad must stay with the thread that runs it.
 */
final class OneDnn {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
  private static final NativeOps NATIVE = nativeOps();

  /** So many of each are kept; the least recently used go first. */
  private static final int MAX_CALLS = 2_048;

  private static final int MAX_DERIVED = 512;

  /** Of {@link #appendRelu}: 1 / the smallest normal number. */
  static final float RELU_SLOPE = 1 / Float.MIN_NORMAL;

  private static final engine CPU = new engine(engine.kind.cpu, 0);
  private static final ThreadLocal<OneDnn> OF_THREAD = ThreadLocal.withInitial(OneDnn::new);

  private final stream stream = new stream(CPU);

  /**
   * Depends on the kind of call, its numbers, and how many threads OpenMP has: oneDNN splits the
   * work, and sizes scratchpads, when it builds a primitive.
   */
  private final Map<Key, Object> calls = new Lru<>(MAX_CALLS, call -> {});

  /**
   * Depends on the weights' numbers, which their stamp names, on what is made of them, and on its
   * numbers. The address is in the key for memory's sake: what is written anew into one place goes
   * into one place here.
   */
  private final Map<Key, Parametrization> derived = new Lru<>(MAX_DERIVED, old -> old.data.close());

  /** Depends on nothing: the place of a layout names it. There are some for each set of weights. */
  private final List<memory.desc> layouts = new ArrayList<>();

  private OneDnn() {
    KeptMemory.whenReleased(this::release);
  }

  private void release() {
    derived.values().forEach(some -> some.data.close());
    derived.clear();
    for (Object call : calls.values()) {
      if (call instanceof Owner owner) {
        owner.free();
      }
    }
    calls.clear();
  }

  /** This thread's. */
  static OneDnn get() {
    return OF_THREAD.get();
  }

  static engine cpu() {
    return CPU;
  }

  /** Something cached that has memory of its own outside the heap. */
  interface Owner {
    /** Frees it; the owner is not used any more. */
    void free();
  }

  /** What something was made for; the numbers of a kind always mean the same. */
  private record Key(String kind, long first, long[] numbers) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && kind.equals(key.kind)
          && first == key.first
          && Arrays.equals(numbers, key.numbers);
    }

    @Override
    public int hashCode() {
      return (kind.hashCode() * 31 + Long.hashCode(first)) * 31 + Arrays.hashCode(numbers);
    }
  }

  /** What was made of a weight's numbers. */
  private static final class Parametrization {
    final NativeMemory data;

    /** Names the numbers it was made of. */
    long source;

    /** Names what was made. */
    long stamp;

    Parametrization(long bytes) {
      data = NativeMemory.workspace(bytes, "a copy of weights");
    }
  }

  private static final class Lru<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int most;
    private final transient Consumer<V> drop;

    Lru(int most, Consumer<V> drop) {
      super(16, 0.75f, true);
      this.most = most;
      this.drop = drop;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      if (size() <= most) {
        return false;
      }
      drop.accept(eldest.getValue());
      return true;
    }
  }

  /**
   * Something built once for a kind of call, its numbers and the threads it may use.
   *
   * @param numbers all that the result depends on: shapes, strides, flags
   */
  <T> T cached(String kind, Function<OneDnn, T> build, Class<T> type, long... numbers) {
    Key key = new Key(kind, threads(), numbers);
    Object found = calls.get(key);
    if (found == null) {
      found = build.apply(this);
      calls.put(key, found);
    }
    return type.cast(found);
  }

  private static NativeOps nativeOps() {
    // The holder asks for the backend, which this has looked for.
    Nd4j.getBackend();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }

  /** How many threads OpenMP gives to the calling one. */
  private static int threads() {
    return NATIVE.ompGetMaxThreads();
  }

  /** Attributes that make a primitive take its scratchpad from its thread. */
  static primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    return attributes;
  }

  /**
   * Appends a rectified linear unit that propagates NaN, which oneDNN's own maps to 0: x clip(x /
   * 2^-126, 0, 1), equal to max(x, 0) for every finite x that is not subnormal, with -0 for x below
   * 0. Minus infinity becomes NaN.
   */
  static void appendRelu(post_ops after) {
    after.append_eltwise(dnnl.algorithm.eltwise_hardswish, RELU_SLOPE, 0);
  }

  /** A dense array of floats in C order. */
  static memory.desc dense(long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return new memory.desc(shape, memory.data_type.f32, strides);
  }

  /** An array of floats whose axes have these strides. */
  static memory.desc strided(long[] shape, long... strides) {
    return new memory.desc(shape, memory.data_type.f32, strides);
  }

  /** A layout's name on this thread: the same for layouts that mean the same. */
  private long nameOf(memory.desc layout) {
    for (int i = 0; i < layouts.size(); i++) {
      if (layouts.get(i).equals(layout)) {
        return i;
      }
    }
    layouts.add(layout);
    return layouts.size() - 1;
  }

  /** How numbers come from one layout into another, and how many bytes they take in each. */
  record Packing(Call reorder, long from, long to, long bytesBefore, long bytes) {}

  /** From one layout to another of the same logical shape; null if they mean the same. */
  Packing packing(memory.desc from, memory.desc to) {
    return from.equals(to)
        ? null
        : new Packing(
            reorder(from, to, false), nameOf(from), nameOf(to), from.get_size(), to.get_size());
  }

  /** Weights in another layout. */
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
   * What is made of weights, again only if their numbers changed since the last time.
   *
   * @param kind of what is made
   * @param bytes of the result
   * @param compute fills the result
   * @param numbers all that the result depends on beside the weights' numbers
   */
  Weights derive(
      Weights weights, String kind, long bytes, Consumer<Pointer> compute, long... numbers) {
    Key key = new Key(kind, weights.data().address(), numbers);
    Parametrization result = derived.computeIfAbsent(key, k -> new Parametrization(bytes));
    if (result.source != weights.stamp()) {
      // No stamp while it is neither the old nor the new.
      result.source = 0;
      compute.accept(result.data.pointer());
      result.source = weights.stamp();
      result.stamp = Stamps.next();
      if (LOG.isTraceEnabled()) {
        LOG.trace("Weights {}: {} {}.", weights.stamp(), kind, Arrays.toString(numbers));
      }
    }
    return new Weights(result.data.pointer(), result.stamp);
  }

  /**
   * Copies from one layout to another of the same logical shape.
   *
   * @param add whether to add to what is there instead
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

  /** y = a b, or for many pairs of matrices at once. */
  Call product(memory.desc a, memory.desc b, memory.desc y) {
    return product(a, b, y, new post_ops());
  }

  /** y = a b, and what comes after. */
  Call product(memory.desc a, memory.desc b, memory.desc y, post_ops after) {
    primitive_attr attributes = attributes();
    attributes.set_post_ops(after);
    var description = new matmul.primitive_desc(CPU, a, b, y, attributes, true);
    return isUnusable(description)
        ? Call.NONE
        : call()
            .argument(DNNL_ARG_SRC, a)
            .argument(DNNL_ARG_WEIGHTS, b)
            .argument(DNNL_ARG_DST, y)
            .build(new matmul(description), description);
  }

  /** A primitive with its arguments, ready to run. */
  static final class Call {
    /** Stands for "oneDNN has no fast code for this". */
    static final Call NONE = new Call();

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
            Scratch.PRIMITIVE.floats((scratchBytes + Float.BYTES - 1) / Float.BYTES));
      }
      primitive.execute(thread.stream, map);
      thread.stream._wait();
    }
  }

  /** Puts a primitive and its arguments together. */
  final class Builder {
    private final List<memory> arguments = new ArrayList<>();
    private final List<Integer> kinds = new ArrayList<>();

    /** The next argument: what oneDNN calls it, and its layout. */
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

  /** Whether oneDNN cannot do it at all, or only with its slow reference code. */
  static boolean isUnusable(primitive_desc_base description) {
    return description.get(true) == null || implementation(description).contains("ref");
  }

  /** What oneDNN calls its code for something. */
  static String implementation(primitive_desc_base description) {
    try (BytePointer name = description.impl_info_str()) {
      return name.getString();
    }
  }
}
