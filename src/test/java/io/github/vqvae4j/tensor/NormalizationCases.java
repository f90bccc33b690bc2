package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.List;

/** Cases of all normalizations, on images smaller and larger than a chunk. */
final class NormalizationCases {
  static final double EPSILON = 0.01;

  private final List<OperationCase> cases = new ArrayList<>();

  private NormalizationCases() {}

  static List<OperationCase> all() {
    NormalizationCases lists = new NormalizationCases();
    for (long[] s :
        List.of(shape(1), shape(2), shape(3, 1), shape(5, 7), shape(2, 3, 4, 5), shape(67, 31))) {
      lists.addLayer(s);
    }
    lists.addLayer(shape(3, 1031));
    lists.addGroup(1, shape(1, 1));
    lists.addGroup(3, shape(5, 6));
    lists.addGroup(1, shape(2, 3, 2, 4));
    lists.addGroup(2, shape(2, 3, 5, 4));
    lists.addGroup(4, shape(7, 2, 3, 4));
    lists.addGroup(4, shape(3, 11, 13, 8));
    lists.addGroup(1, shape(2, 17, 3, 29));
    lists.addGroup(5, shape(2, 2, 1, 1025));
    lists.addBatch(shape(1, 1));
    lists.addBatch(shape(5, 1));
    lists.addBatch(shape(2, 3, 5, 7));
    lists.addBatch(shape(4, 8, 9, 16));
    lists.addBatch(shape(3, 1027));
    return lists.cases;
  }

  private void addLayer(long... s) {
    long rows = NdArray.size(s) / last(s);
    add("layerNorm", t -> t[0].layerNorm(t[1], t[2], EPSILON), rows, 1, s);
    addPlain("layerNorm", t -> t[0].layerNorm(EPSILON), rows, 1, s);
  }

  private void addGroup(int groups, long... s) {
    String name = "groupNorm of " + groups;
    add(name, t -> t[0].groupNorm(groups, t[1], t[2], EPSILON), s[0], groups, s);
    addPlain(name, t -> t[0].groupNorm(groups, EPSILON), s[0], groups, s);
  }

  private void addBatch(long... s) {
    add("batchNorm", t -> t[0].batchNorm(t[1], t[2], EPSILON).output(), 1, last(s), s);
    addPlain("batchNorm", t -> t[0].batchNorm(EPSILON).output(), 1, last(s), s);
  }

  /** Adds a case without weight and bias, which then default to 1 and 0. */
  private void addPlain(String name, Operation operation, long images, long groups, long... s) {
    NdArray testCase = NdArray.filled(shape(last(s)), i -> 1);
    NdArray zero = NdArray.filled(shape(last(s)), i -> 0);
    cases.add(
        OperationCase.of(
            "plain " + name,
            Range.NORMAL,
            operation,
            n -> normalize(n[0], testCase, zero, images, groups),
            s));
  }

  private void add(String name, Operation operation, long images, long groups, long... s) {
    cases.add(
        OperationCase.of(
            name,
            Range.NORMAL,
            operation,
            n -> normalize(n[0], n[1], n[2], images, groups),
            s,
            shape(last(s)),
            shape(last(s))));
  }

  /** Reference implementation: mean and variance over each image and group of channels. */
  static NdArray normalize(NdArray x, NdArray weight, NdArray bias, long images, long groups) {
    long channels = last(x.shape());
    long pixels = x.values().length / images / channels;
    NdArray grouped = Reference.reshape(x, images, pixels, groups, channels / groups);
    NdArray mean = Reference.reshape(Reference.mean(grouped, 1, 3), images, 1, groups, 1);
    NdArray difference = Reference.zip(grouped, mean, (a, b) -> a - b);
    NdArray variance = Reference.mean(Reference.map(difference, d -> d * d), 1, 3);
    NdArray normalized =
        Reference.zip(
            difference,
            Reference.reshape(variance, images, 1, groups, 1),
            (d, v) -> d / Math.sqrt(v + EPSILON));
    NdArray product =
        Reference.zip(Reference.reshape(normalized, x.shape()), weight, (a, b) -> a * b);
    return Reference.zip(product, bias, Double::sum);
  }

  private static long last(long... s) {
    return s[s.length - 1];
  }
}
