package io.github.vqvae4j.quantize;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Joins the codes of several groups or stages of the same images. */
final class JoinedCodes {
  private final String caller;
  private final Codes[] parts;

  private JoinedCodes(String caller, Codes... parts) {
    this.caller = caller;
    this.parts = parts;
  }

  static Codes ofGroups(Codes... parts) {
    JoinedCodes join = new JoinedCodes("Codes.joinGroups", parts);
    join.check("stages", Codebooks::stages);
    int groups = Arrays.stream(parts).mapToInt(part -> part.codebooks().groups()).sum();
    int[] order = IntStream.range(0, parts.length).flatMap(join::books).toArray();
    return join.of(groups, parts[0].codebooks().stages(), order);
  }

  static Codes ofStages(Codes... parts) {
    JoinedCodes join = new JoinedCodes("Codes.joinStages", parts);
    join.check("groups", Codebooks::groups);
    int groups = parts[0].codebooks().groups();
    int stages = Arrays.stream(parts).mapToInt(part -> part.codebooks().stages()).sum();
    int[] order =
        IntStream.range(0, groups)
            .flatMap(
                group ->
                    IntStream.range(0, parts.length)
                        .flatMap(part -> join.books(part, group, group + 1)))
            .toArray();
    return join.of(groups, stages, order);
  }

  /** Returns the indices of the codebooks of a part, counted over all parts. */
  private IntStream books(int part) {
    return books(part, 0, parts[part].codebooks().groups());
  }

  private IntStream books(int part, int fromGroup, int toGroup) {
    int first = Arrays.stream(parts, 0, part).mapToInt(p -> p.codebooks().count()).sum();
    int stages = parts[part].codebooks().stages();
    return IntStream.range(first + fromGroup * stages, first + toGroup * stages);
  }

  private void check(String unit, ToIntFunction<Codebooks> count) {
    if (parts.length == 0) {
      throw new IllegalArgumentException(caller + ": expected one or more arguments, got none.");
    }
    Codes first = parts[0];
    for (Codes part : parts) {
      if (!Arrays.equals(part.shape(), first.shape())
          || count.applyAsInt(part.codebooks()) != count.applyAsInt(first.codebooks())
          || !Arrays.equals(part.imageSize().orElse(null), first.imageSize().orElse(null))) {
        throw new IllegalArgumentException(
            caller
                + ": expected codes of the same shape, number of "
                + unit
                + " and image size, got "
                + first
                + " and "
                + part
                + ". Join the codes of the same images.");
      }
    }
    CodesValidation.checkLength(
        caller, first.count(), Arrays.stream(parts).mapToLong(Codes::codesPerImage).sum());
  }

  /**
   * Returns the codes of all parts.
   *
   * @param order the codebooks in the order of the result, as indices over all parts
   */
  private Codes of(int groups, int stages, int... order) {
    List<Integer> sizes =
        Arrays.stream(parts).flatMap(part -> part.codebooks().sizes().stream()).toList();
    int[] values = new int[Arrays.stream(parts).mapToInt(Codes::codeCount).sum()];
    int[] targets = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      targets[order[i]] = i;
    }
    int book = 0;
    for (Codes part : parts) {
      int[] from = part.values();
      int books = part.codebooks().count();
      for (int i = 0; i < from.length; i++) {
        values[i / books * order.length + targets[book + i % books]] = from[i];
      }
      book += books;
    }
    Codebooks codebooks =
        new Codebooks(groups, stages, IntStream.of(order).mapToObj(sizes::get).toList());
    return withProperties(Codes.wrap(values, codebooks, parts[0].shape()));
  }

  private Codes withProperties(Codes joined) {
    int[] labels = new int[joined.count()];
    Arrays.fill(labels, Codes.MISSING);
    for (Codes part : parts) {
      int[] own = part.labels().orElse(labels);
      for (int i = 0; i < labels.length; i++) {
        if (labels[i] != Codes.MISSING && own[i] != Codes.MISSING && own[i] != labels[i]) {
          throw new IllegalArgumentException(
              caller
                  + ": expected one label for each image, got "
                  + labels[i]
                  + " and "
                  + own[i]
                  + " for image "
                  + i
                  + ". Join the codes of the same images in the same order.");
        }
        labels[i] = labels[i] == Codes.MISSING ? own[i] : labels[i];
      }
    }
    Codes result = joined.withLabels(labels);
    List<String> hashes =
        Stream.of(parts)
            .map(part -> part.modelHash().orElse(null))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    if (hashes.size() > 1) {
      throw new IllegalArgumentException(
          caller
              + ": expected codes of one model, got codes of the models "
              + String.join(" and ", hashes)
              + ". Encode the images, or train the priors, with the same model.");
    }
    if (hashes.size() == 1) {
      result = result.withModelHash(hashes.get(0));
    }
    int[] size = parts[0].imageSize().orElse(null);
    return size == null ? result : result.withImageSize(size[0], size[1]);
  }
}
