package io.github.vqvae4j.benchmarks.kernels;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The peak arithmetic rate: oneDNN's product of large matrices in layouts of its choice. */
@State(Scope.Thread)
public class PeakArithmetic {
  /** The number of rows and columns of the three matrices. */
  @Param({"512", "1024", "2048"})
  public int size;

  private engine cpu;
  private stream stream;
  private matmul product;
  private IntMemoryMap arguments;

  /** Allocates the matrices. */
  @Setup(Level.Trial)
  public void setUp() {
    cpu = new engine(engine.kind.cpu, 0);
    stream = new stream(cpu);
    memory.desc square =
        new memory.desc(new long[] {size, size}, memory.data_type.f32, memory.format_tag.any);
    matmul.primitive_desc fastest = new matmul.primitive_desc(cpu, square, square, square);
    product = new matmul(fastest);
    arguments = new IntMemoryMap();
    arguments.put(dnnl.DNNL_ARG_SRC, filled(fastest.src_desc()));
    arguments.put(dnnl.DNNL_ARG_WEIGHTS, filled(fastest.weights_desc()));
    arguments.put(dnnl.DNNL_ARG_DST, filled(fastest.dst_desc()));
  }

  private memory filled(memory.desc layout) {
    memory filled = new memory(layout, cpu);
    float[] values = NativeArray.randomFloats(layout.get_size() / Float.BYTES);
    new FloatPointer(filled.get_data_handle()).put(values);
    return filled;
  }

  /** Computes the product. */
  @Benchmark
  public void product() {
    product.execute(stream, arguments);
    stream._wait();
  }
}
