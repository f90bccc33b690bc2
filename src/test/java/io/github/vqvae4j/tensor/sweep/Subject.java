package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The subject of a sweep: input variables and one or more computations on them, such as an
 * operation on images of two sizes with the same weights.
 */
public record Subject(List<Variable> variables, List<Function<Step, Tensor>> uses)
    implements AutoCloseable {
  /** An operation on tensors. */
  @FunctionalInterface
  public interface Operation {
    /** Computes the result. */
    Tensor apply(Tensor... inputs);
  }

  /** Creates operations on variables of the given shapes. */
  public static Subject of(List<long[]> shapes, List<Operation> operations) {
    List<Variable> variables = new ArrayList<>();
    for (long[] shape : shapes) {
      variables.add(variable(shape));
    }
    List<Function<Step, Tensor>> uses = new ArrayList<>();
    for (Operation operation : operations) {
      uses.add(
          step -> operation.apply(variables.stream().map(v -> v.in(step)).toArray(Tensor[]::new)));
    }
    return new Subject(variables, uses);
  }

  /** Creates a trainable variable of zeros. */
  public static Variable variable(long... shape) {
    int size = 1;
    for (long d : shape) {
      size *= (int) d;
    }
    return new Variable(true, new float[size], shape) {};
  }

  void convert(DType dtype) {
    variables.forEach(variable -> variable.convert(dtype));
  }

  @Override
  public void close() {
    variables.forEach(Variable::close);
  }
}
