package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.config.Added;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.prior.PixelCnn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The calibration of an {@link AnomalyDetector} on normal images, as stored in its file.
 *
 * @param modelChecksum the checksum of the weights of the calibrated model
 * @param priorChecksum the checksum of the parameters of the prior; {@value #NO_PRIOR} without one
 * @param config the settings
 * @param normalImages the number of normal images
 * @param imageErrors the statistics of the errors of images
 * @param pixelErrors the statistics of the errors of pixels
 * @param threshold the threshold of an image's total score
 * @param heatThreshold the threshold of a pixel's heat
 */
// The record's simple name is the name of its files' format: it must not change.
record AnomalyCalibration(
    long modelChecksum,
    @Added(version = 2, value = "-1") long priorChecksum,
    AnomalyConfig config,
    int normalImages,
    NormalErrors imageErrors,
    NormalErrors pixelErrors,
    double threshold,
    double heatThreshold) {
  /** Not a checksum: these are at least 0. */
  static final long NO_PRIOR = -1;

  AnomalyCalibration {
    if (normalImages < 1) {
      throw new IllegalArgumentException(
          "AnomalyCalibration: expected at least 1 normal image, got "
              + normalImages
              + ". Calibrate the detector again.");
    }
    if (priorChecksum < NO_PRIOR || priorChecksum == NO_PRIOR && config.surpriseWeight() > 0) {
      throw new IllegalArgumentException(
          "AnomalyCalibration: expected no surpriseWeight without a prior, got "
              + config.surpriseWeight()
              + ". Calibrate the detector again.");
    }
    Thresholds.rank(config.falsePositiveRate(), normalImages);
  }

  static AnomalyCalibration read(Path file, ImageModel model, Optional<PixelCnn> prior)
      throws IOException {
    AnomalyCalibration calibration =
        RecordFile.read(file, AnomalyCalibration.class, "AnomalyDetector.save");
    if (calibration.modelChecksum != checksum(model)) {
      throw new BadFileException(
          file,
          "modelChecksum",
          "expected "
              + checksum(model)
              + ", the checksum of this model's weights, got "
              + calibration.modelChecksum
              + "; load the model that the detector was calibrated with, or calibrate it again");
    }
    calibration.checkPrior(file, prior);
    return calibration;
  }

  private void checkPrior(Path file, Optional<PixelCnn> prior) throws BadFileException {
    long given = priorChecksum(prior);
    if (priorChecksum == given) {
      return;
    }
    String fault;
    if (given == NO_PRIOR) {
      fault =
          "expected a detector without a prior, got one that was calibrated with a prior; load that"
              + " prior and pass it: AnomalyDetector.load(file, model, prior)";
    } else if (priorChecksum == NO_PRIOR) {
      fault =
          "expected a detector with a prior, got one that was calibrated without; load it without"
              + " one: AnomalyDetector.load(file, model), or calibrate it again with the prior";
    } else {
      fault =
          "expected "
              + given
              + ", the checksum of this prior's parameters, got "
              + priorChecksum
              + "; load the prior that the detector was calibrated with, or calibrate it again";
    }
    throw new BadFileException(file, "priorChecksum", fault);
  }

  static long priorChecksum(Optional<PixelCnn> prior) {
    return prior.map(AnomalyCalibration::checksum).orElse(NO_PRIOR);
  }

  /** Returns the CRC-32 of the names and values of all parameters and buffers. */
  static long checksum(Block block) {
    CRC32 crc = new CRC32();
    block
        .variables()
        .forEach(
            (name, variable) -> {
              crc.update(name.getBytes(StandardCharsets.UTF_8));
              for (float value : variable.toFloats()) {
                int bits = Float.floatToIntBits(value);
                for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                  crc.update(bits >> shift);
                }
              }
            });
    return crc.getValue();
  }
}
