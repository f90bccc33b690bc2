package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks that a peer's model computes the same as this library's: with the same initial parameters
 * and batches, the losses of the first training steps agree, and both decrease.
 */
final class EquivalenceCheck {
  private static final int STEPS = 60;
  private static final int FIRST_STEPS = 5;
  private static final double TOLERANCE = 1e-4;

  /** Later steps differ more, because rounding changes the nearest code of single latents. */
  private static final double LATER_TOLERANCE = 0.1;

  private EquivalenceCheck() {}

  /** A peer that trains with the initial parameters in a file. */
  private interface Peer {
    List<Double> losses(Path model) throws IOException;
  }

  /**
   * Checks both layouts of libtorch.
   *
   * @return the result as a sentence
   * @throws IOException if a process fails
   * @throws IllegalStateException if the losses differ
   */
  static String libtorch(ProcessLauncher launcher) throws IOException {
    Map<String, Peer> peers = new LinkedHashMap<>();
    for (Backend backend : Configuration.LIBTORCH.backends()) {
      peers.put(
          "libtorch (" + backend.layout() + ")", model -> launcher.losses(backend, model, STEPS));
    }
    return run(launcher, peers);
  }

  /**
   * Checks the variants of PyTorch. The number of threads does not change what is computed.
   *
   * @return the result as a sentence
   * @throws IOException if a process fails
   * @throws IllegalStateException if the losses differ
   */
  static String pytorch(ProcessLauncher launcher, PyTorch pytorch) throws IOException {
    Path images = Files.createTempFile("images", ".safetensors");
    try {
      Losses.writeImages(images, STEPS);
      Map<String, Peer> peers = new LinkedHashMap<>();
      int threads = pytorch.variants().get(0).threads();
      for (PyTorch.Variant variant : pytorch.variants()) {
        if (variant.threads() == threads) {
          peers.put(variant.toString(), model -> pytorch.losses(variant, model, images));
        }
      }
      return run(launcher, peers);
    } finally {
      Files.delete(images);
    }
  }

  private static String run(ProcessLauncher launcher, Map<String, Peer> peers) throws IOException {
    Path file = Files.createTempFile("model", ".safetensors");
    try {
      List<Double> losses = launcher.losses(Backend.OURS, file, STEPS);
      for (Map.Entry<String, Peer> peer : peers.entrySet()) {
        check(losses, peer.getKey(), peer.getValue().losses(file));
      }
      return String.format(
          Locale.ROOT,
          "Before the measurements, the implementations were checked for equivalence: with the"
              + " same initial parameters and batches, the losses of the first %d training steps"
              + " agree within %s and decrease from %.3f to %.3f in %d steps.",
          FIRST_STEPS,
          TOLERANCE,
          losses.get(0),
          losses.get(STEPS - 1),
          STEPS);
    } finally {
      Files.delete(file);
    }
  }

  private static void check(List<Double> losses, String peer, List<Double> peerLosses) {
    for (int i = 0; i < STEPS; i++) {
      double tolerance = i < FIRST_STEPS ? TOLERANCE : LATER_TOLERANCE;
      if (!(Math.abs(losses.get(i) / peerLosses.get(i) - 1) <= tolerance)) {
        throw new IllegalStateException(
            peer
                + ": the model is not equivalent: expected loss "
                + losses.get(i)
                + " at step "
                + (i + 1)
                + ", got "
                + peerLosses.get(i)
                + ".");
      }
    }
    if (!(peerLosses.get(STEPS - 1) < 0.8 * peerLosses.get(0))) {
      throw new IllegalStateException(peer + ": the loss does not decrease: " + peerLosses);
    }
  }
}
