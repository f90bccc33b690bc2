package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProgressLogTest {
  @Test
  void logsStepsEvaluationsAndReport() {
    assertEquals(3 + 1 + 1, lines(Duration.ZERO).size());
    List<String> lines = lines(Duration.ofDays(1));
    assertEquals(3, lines.size(), "the first step only");
    assertTrue(lines.get(0).startsWith("step 1/3  reconstruction "), lines.get(0));
    assertTrue(lines.get(1).startsWith("Evaluation after step 3: MSE "), lines.get(1));
    assertTrue(lines.get(2).startsWith("3 steps in "), lines.get(2));
  }

  private static List<String> lines(Duration interval) {
    Logger logger = (Logger) LoggerFactory.getLogger(ProgressLog.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try (VqVae model = Shapes.model(1, 1)) {
      Dataset images = Shapes.rectangles(20, 8, 1, 1);
      Trainer.of(model)
          .batch(10)
          .steps(3)
          .evaluate(images, 3)
          .listener(new ProgressLog(interval))
          .fit(images);
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
