package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.tensor.Variable;
import java.util.Map;

/** The block that a custom training loop trains. */
record BlockModel(Block block) implements Model {
  /** Returns what the user trains: the block or model behind a view, or a model itself. */
  static Object original(Model model) {
    if (model instanceof ObjectivesView<?> view) {
      return original(view.model());
    }
    return model instanceof BlockModel view ? view.block : model;
  }

  @Override
  public Map<String, Variable> variables() {
    return block.variables();
  }
}
