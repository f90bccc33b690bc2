package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainable;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** Continues an interrupted run; {@link Resumption} gives the command the options of the run. */
final class ResumeOption {
  static final String NAME = "--resume";

  @Option(
      names = NAME,
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "DIR",
      description =
          "Continue the run in this folder, or without DIR the newest unfinished run of this"
              + " command in runs, as if it had not been interrupted. Its options are those of the"
              + " run: --steps, if there is one, may be larger, --data may be the new location of the"
              + " data, and --score may be added.")
  private Path folder;

  private Integer steps;

  /** Returns the folder of the run; empty for a new run. */
  Optional<Path> folder() {
    return Optional.ofNullable(folder);
  }

  /** Sets another number of steps than that of the checkpoint. */
  void steps(int newSteps) {
    steps = newSteps;
  }

  /** Returns the number of steps that was set. */
  OptionalInt steps() {
    return steps == null ? OptionalInt.empty() : OptionalInt.of(steps);
  }

  /** Returns the listener that writes a new run to a folder, or continues the one in it. */
  RunFolder files(OutputFolder output) throws IOException {
    return folder == null ? RunFolder.in(output.path()) : RunFolder.resume(output.path());
  }

  /** Returns a trainer with the settings of the run that is resumed. */
  <B> Trainer<B> trainer(Trainable<B> model) throws IOException {
    Trainer<B> trainer = Trainer.resume(folder, model);
    return steps == null ? trainer : trainer.steps(steps);
  }
}
