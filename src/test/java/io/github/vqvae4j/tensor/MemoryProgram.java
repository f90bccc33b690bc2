package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/**
 * Repeats several kinds of steps, and prints the growth of off-heap memory for each kind, as
 * reported by JavaCPP before and after a garbage collection and by the operating system.
 */
final class MemoryProgram {
  private static final int WARM_UP = 200;
  private static final int STEPS = 1_500;
  private static final int LARGE_STEPS = 40;
  private static final Path STATUS = Path.of("/proc/self/status");

  private final KernelSet kernels;
  private final Rng rng = new Rng(1);

  private MemoryProgram(KernelSet kernels) {
    this.kernels = kernels;
  }

  /** One iteration. */
  @FunctionalInterface
  private interface Work {
    void repeat(int count);
  }

  public static void main(String... arguments) throws Exception {
    MemoryProgram program = new MemoryProgram(KernelSet.valueOf(arguments[0]));
    program.train();
    program.changeBatchShapes();
    program.allocateLargeTensors();
    program.fail();
  }

  private void train() throws Exception {
    float[] images = Tensors.gaussians(rng, 4 * 96);
    try (SmallNet net = new SmallNet(rng)) {
      print("training", STEPS, count -> net.train(kernels, rng, images, 4, 12, 8, 1));
    }
  }

  private void changeBatchShapes() throws Exception {
    float[][] images = new float[4][];
    for (int i = 0; i < images.length; i++) {
      images[i] = Tensors.gaussians(rng, (i + 1) * 96);
    }
    try (SmallNet net = new SmallNet(rng)) {
      print(
          "changing-shapes",
          STEPS,
          count -> {
            int batch = count % images.length;
            net.train(kernels, rng, images[batch], batch + 1, 12, 8, 1);
          });
    }
  }

  /** Tensors larger than the first block of an arena, in varying order. */
  private void allocateLargeTensors() throws Exception {
    float[] small = new float[1 << 20];
    float[] large = new float[5 << 20];
    print(
        "large-tensors",
        LARGE_STEPS,
        count -> {
          try (Step step = kernels.inference()) {
            float[] first = count % 2 == 0 ? small : large;
            float[] second = count % 2 == 0 ? large : small;
            step.tensor(first, first.length).relu();
            step.tensor(second, second.length).relu();
          }
        });
  }

  private void fail() throws Exception {
    float[] images = Tensors.gaussians(rng, 4 * 96);
    try (SmallNet net = new SmallNet(rng)) {
      print(
          "errors",
          STEPS,
          count -> {
            try (Step step = kernels.training(rng)) {
              Tensor x = step.tensor(images, 4, 12, 8, 1);
              net.forward(x).reconstruction().add(step.tensor(images, 128, 3, 1));
              throw new IllegalStateException("shapes that do not fit were added");
            } catch (IllegalArgumentException expected) {
              // Fails within a step.
            }
          });
    }
  }

  private static void print(String name, int steps, Work work) throws Exception {
    for (int i = 0; i < Math.min(steps, WARM_UP); i++) {
      work.repeat(i);
    }
    collect();
    long counted = Pointer.totalBytes();
    long resident = resident();
    for (int i = 0; i < steps; i++) {
      work.repeat(i);
    }
    long uncollected = Pointer.totalBytes() - counted;
    collect();
    long collected = Pointer.totalBytes() - counted;
    long taken = resident() - resident;
    System.out.println("grew " + name + " " + uncollected + " " + collected + " " + taken);
  }

  /** ND4J's operations leave small argument lists to the garbage collector. */
  private static void collect() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
  }

  /** Returns the resident memory of the process without mapped files, or 0 if it is unavailable. */
  private static long resident() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
