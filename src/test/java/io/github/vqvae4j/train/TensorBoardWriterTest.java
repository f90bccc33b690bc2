package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.EventFileReader;
import io.github.vqvae4j.io.EventFileReader.Event;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.Summary;

class TensorBoardWriterTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  @TempDir Path folder;

  private List<Event> events() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return EventFileReader.read(
          files
              .filter(file -> file.getFileName().toString().startsWith("events.out.tfevents."))
              .findFirst()
              .orElseThrow());
    }
  }

  @Test
  void scalarsImagesAndHistogramsAreWritten() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder run =
          RunFolder.in(folder).metricsEvery(5).images(model.reconstructions(TEST), 4).tensorBoard();
      TrainingReport report =
          Trainer.of(model).batch(16).steps(12).evaluate(TEST, 6).listener(run).fit(TRAIN);
      assertTrue(run.failure().isEmpty());
      List<Event> events = events();
      assertEquals(List.of(1L, 5L, 10L, 12L), steps(events, "train/loss"));
      assertEquals(List.of(6L, 12L), steps(events, "validation/reconstruction"));
      assertEquals(List.of(1L, 2L, 4L, 8L, 12L), steps(events, "images"));
      assertEquals(List.of(1L, 2L, 4L, 8L, 12L), steps(events, "encoder.mix.weight"));
      Summary.Value loss = last(events, "train/loss");
      assertEquals((float) report.last().loss(), loss.getSimpleValue());
      Summary.Value weights = last(events, "encoder.mix.weight");
      assertEquals(model.variables().get("encoder.mix.weight").size(), weights.getHisto().getNum());
      assertTrue(last(events, "images").getImage().getWidth() > 1000);
    }
  }

  private static List<Long> steps(List<Event> events, String tag) {
    return events.stream()
        .filter(event -> event.summary().getValueCount() == 1)
        .filter(event -> event.summary().getValue(0).getTag().equals(tag))
        .map(Event::step)
        .toList();
  }

  private static Summary.Value last(List<Event> events, String tag) {
    return events.stream()
        .flatMap(event -> event.summary().getValueList().stream())
        .filter(value -> value.getTag().equals(tag))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void histogramsAreWrittenWithoutImages() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder run = RunFolder.in(folder).tensorBoard();
      Trainer.of(model).batch(16).steps(3).listener(run).fit(TRAIN);
      assertEquals(List.of(1L, 2L), steps(events(), "encoder.mix.weight"));
      assertEquals(List.of(), steps(events(), "images"));
    }
  }

  @Test
  void noEventFileByDefault() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.of(model).batch(16).steps(3).listener(RunFolder.in(folder)).fit(TRAIN);
      assertThrows(NoSuchElementException.class, this::events);
    }
  }
}
