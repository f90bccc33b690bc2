package io.github.vqvae4j.model;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.io.RecordJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * What an {@link AnomalyDetector} has learned of normal images, as it stands in its file.
 *
 * @param version of the format
 * @param modelChecksum of the weights of the model that it belongs to
 * @param normals how many images it learned from
 * @param image the errors of images
 * @param pixel the errors of pixels
 * @param threshold of an image's total score
 * @param heatThreshold of a pixel's heat
 */
record AnomalyCalibration(
    int version,
    long modelChecksum,
    AnomalyConfig config,
    int normals,
    NormalErrors image,
    NormalErrors pixel,
    double threshold,
    double heatThreshold) {
  static final int VERSION = 1;

  AnomalyCalibration {
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "expected format version "
              + VERSION
              + ", got "
              + version
              + "; read it with the version of vqvae4j that wrote it, or a newer one");
    }
  }

  void write(Path file) throws IOException {
    String json = new GsonBuilder().setPrettyPrinting().create().toJson(RecordJson.toJson(this));
    AtomicFile.write(file, out -> out.write((json + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  static AnomalyCalibration read(Path file, ImageModel model) throws IOException {
    InputFile.require(file, "a file of AnomalyDetector.save");
    AnomalyCalibration calibration;
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      calibration = RecordJson.fromJson(json, AnomalyCalibration.class);
    } catch (JsonParseException | IllegalArgumentException | IllegalStateException e) {
      throw new BadFileException(
          file,
          "content",
          "expected the JSON that AnomalyDetector.save writes, but: " + e.getMessage(),
          e);
    }
    if (calibration.modelChecksum != checksum(model)) {
      throw new BadFileException(
          file,
          "modelChecksum",
          "expected "
              + checksum(model)
              + ", the checksum of this model's weights, got "
              + calibration.modelChecksum
              + "; load the model that the detector was calibrated with, or calibrate anew");
    }
    return calibration;
  }

  /** CRC-32 of all parameters and buffers and their names. */
  static long checksum(ImageModel model) {
    CRC32 crc = new CRC32();
    model
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
