package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import io.github.vqvae4j.io.StrictJson;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Optimizers and schedules are read as they were written. */
class SavedKindsTest {
  private static JsonObject copy(JsonObject json) {
    return StrictJson.parse(json.toString());
  }

  @Test
  void schedules() {
    Schedule own = (step, steps) -> 1;
    Schedule cosine = Schedule.cosine(0.1);
    for (Schedule schedule :
        List.of(
            Schedule.constant(),
            Schedule.warmUp(),
            cosine,
            Schedule.multiStep(0.3, 5, 1L << 60),
            Schedule.warmUp().then(7, cosine).then(9, Schedule.constant().then(3, cosine)))) {
      assertEquals(Optional.of(schedule), SavedKinds.schedule(copy(SavedKinds.of(schedule))));
    }
    for (Schedule schedule : List.of(own, own.then(3, cosine), cosine.then(3, own))) {
      assertEquals("{\"kind\":\"custom\"}", SavedKinds.of(schedule).toString());
      assertEquals(Optional.empty(), SavedKinds.schedule(SavedKinds.of(schedule)));
    }
  }

  @Test
  void optimizers() {
    for (Optimizer optimizer :
        List.of(
            new Adam(0.1 + 0.2, 0.8, 0.95, 1e-7),
            new AdamW(1e-3, 0.8, 0.95, 1e-7, 0.02),
            new Sgd(1e-300, 0.9))) {
      Optimizer copy = SavedKinds.optimizer(copy(SavedKinds.of(optimizer))).orElseThrow();
      assertEquals(optimizer.toString(), copy.toString());
      assertEquals(optimizer.getClass(), copy.getClass());
    }
  }

  @Test
  void otherContentIsRejected() {
    for (String json :
        List.of(
            "{}",
            "{\"kind\":1}",
            "{\"kind\":\"adam\"}",
            "{\"kind\":\"adam\",\"settings\":{}}",
            "{\"kind\":\"then\",\"settings\":{\"lastStep\":1}}",
            "{\"kind\":\"cosine\",\"settings\":{\"min\":2}}")) {
      JsonObject object = StrictJson.parse(json);
      assertThrows(IllegalArgumentException.class, () -> SavedKinds.optimizer(object), json);
      assertThrows(IllegalArgumentException.class, () -> SavedKinds.schedule(object), json);
    }
    JsonObject unknown = StrictJson.parse("{\"kind\":\"lion\",\"settings\":{}}");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> SavedKinds.optimizer(unknown)),
        "unknown \"lion\"");
  }
}
