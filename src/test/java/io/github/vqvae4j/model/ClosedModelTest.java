package io.github.vqvae4j.model;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A model may be closed while other threads use it: its memory is not freed under them. */
class ClosedModelTest {
  private static final Dataset IMAGES = Shapes.rectangles(3, 16, 1, 1);
  private static final int THREADS = 4;
  private static final int MODELS = 30;

  @Test
  void callsOfOtherThreadsEndWithAResultOrAnException() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int i = 0; i < MODELS; i++) {
        VqVae model = Shapes.model(1, 3);
        Codes expected = model.encode(IMAGES);
        CountDownLatch started = new CountDownLatch(THREADS);
        List<Future<?>> calls = new ArrayList<>();
        for (int j = 0; j < THREADS; j++) {
          calls.add(
              threads.submit(
                  () -> {
                    started.countDown();
                    while (true) {
                      assertEquals(expected, model.encode(IMAGES));
                    }
                  }));
        }
        started.await();
        model.close();
        for (Future<?> call : calls) {
          Throwable end = assertThrows(ExecutionException.class, call::get).getCause();
          assertTrue(end instanceof IllegalStateException, end::toString);
          assertMessageContains(end, "closed");
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
