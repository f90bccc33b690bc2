package io.github.vqvae4j.benchmarks.convolutions;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/** A forward or backward pass of a convolution as a oneDNN primitive with its own memory. */
public final class ConvolutionPass {
  private static final engine CPU = new engine(engine.kind.cpu, 0);
  private static final stream STREAM = new stream(CPU);
  private static final int TRIALS = 5;

  /** The kind of pass. */
  public enum Kind {
    /** Computes the output. */
    FORWARD,
    /** Computes the input gradient, which is also the output of a transposed convolution. */
    BACKWARD_DATA,
    /** Computes the weight gradient. */
    BACKWARD_WEIGHTS
  }

  private final primitive primitive;
  private final IntMemoryMap arguments = new IntMemoryMap();

  private ConvolutionPass(primitive primitive, Object... arguments) {
    this.primitive = primitive;
    for (int i = 0; i < arguments.length; i += 2) {
      this.arguments.put((Integer) arguments[i], (memory) arguments[i + 1]);
    }
  }

  /**
   * Returns the fastest of several primitives: with images in NHWC or in a layout that oneDNN
   * chooses, and with the direct or the automatically chosen algorithm. oneDNN chooses the layout
   * of the weights.
   *
   * @param kind the kind of pass
   * @param shape the shape of the convolution
   * @param batch the batch size
   * @param training whether a backward pass follows
   * @return the fastest pass
   */
  public static ConvolutionPass fastest(
      Kind kind, ModelConvolutions.Shape shape, int batch, boolean training) {
    ConvolutionPass fastest = null;
    double best = Double.POSITIVE_INFINITY;
    for (ConvolutionPass pass : candidates(kind, shape, batch, training)) {
      double nanos = pass.minNanos();
      if (nanos < best) {
        best = nanos;
        fastest = pass;
      }
    }
    return fastest;
  }

  private static List<ConvolutionPass> candidates(
      Kind kind, ModelConvolutions.Shape shape, int batch, boolean training) {
    List<ConvolutionPass> candidates = new ArrayList<>();
    for (memory.format_tag layout :
        new memory.format_tag[] {memory.format_tag.nhwc, memory.format_tag.any}) {
      for (dnnl.algorithm algorithm :
          new dnnl.algorithm[] {
            dnnl.algorithm.convolution_direct, dnnl.algorithm.convolution_auto
          }) {
        candidates.add(candidate(kind, shape, batch, training, layout, algorithm));
      }
    }
    return candidates;
  }

  private static ConvolutionPass candidate(
      Kind kind,
      ModelConvolutions.Shape shape,
      int batch,
      boolean training,
      memory.format_tag layout,
      dnnl.algorithm algorithm) {
    long[] stride = {shape.stride(), shape.stride()};
    long[] padding = {shape.padding(), shape.padding()};
    memory.desc in = desc(layout, batch, shape.in(), shape.size(), shape.size());
    memory.desc out = desc(layout, batch, shape.out(), shape.outSize(), shape.outSize());
    memory.desc weights =
        desc(memory.format_tag.any, shape.out(), shape.in(), shape.kernel(), shape.kernel());
    dnnl.prop_kind mode =
        training ? dnnl.prop_kind.forward_training : dnnl.prop_kind.forward_inference;
    convolution_forward.primitive_desc forward =
        new convolution_forward.primitive_desc(
            CPU, mode, algorithm, in, weights, out, stride, padding, padding);
    switch (kind) {
      case FORWARD:
        return new ConvolutionPass(
            new convolution_forward(forward),
            dnnl.DNNL_ARG_SRC,
            filled(forward.src_desc()),
            dnnl.DNNL_ARG_WEIGHTS,
            filled(forward.weights_desc()),
            dnnl.DNNL_ARG_DST,
            filled(forward.dst_desc()));
      case BACKWARD_DATA:
        convolution_backward_data.primitive_desc data =
            new convolution_backward_data.primitive_desc(
                CPU, algorithm, in, weights, out, stride, padding, padding, forward);
        return new ConvolutionPass(
            new convolution_backward_data(data),
            dnnl.DNNL_ARG_DIFF_SRC,
            filled(data.diff_src_desc()),
            dnnl.DNNL_ARG_WEIGHTS,
            filled(data.weights_desc()),
            dnnl.DNNL_ARG_DIFF_DST,
            filled(data.diff_dst_desc()));
      default:
        convolution_backward_weights.primitive_desc gradient =
            new convolution_backward_weights.primitive_desc(
                CPU, algorithm, in, weights, out, stride, padding, padding, forward);
        return new ConvolutionPass(
            new convolution_backward_weights(gradient),
            dnnl.DNNL_ARG_SRC,
            filled(gradient.src_desc()),
            dnnl.DNNL_ARG_DIFF_WEIGHTS,
            filled(gradient.diff_weights_desc()),
            dnnl.DNNL_ARG_DIFF_DST,
            filled(gradient.diff_dst_desc()));
    }
  }

  private static memory.desc desc(memory.format_tag layout, long... shape) {
    return new memory.desc(shape, memory.data_type.f32, layout);
  }

  private static memory filled(memory.desc desc) {
    memory filled = new memory(desc, CPU);
    float[] values = new float[(int) (desc.get_size() / Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 17 - 8) / 16f;
    }
    new FloatPointer(filled.get_data_handle()).put(values);
    return filled;
  }

  /** Executes the primitive and waits for its completion. */
  public void run() {
    primitive.execute(STREAM, arguments);
    STREAM._wait();
  }

  private double minNanos() {
    run();
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < TRIALS; i++) {
      long start = System.nanoTime();
      run();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }
}
