package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Block;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which blocks of a model and its objectives are in evaluation mode ({@link Block#eval}). */
final class BlockModes {
  /** All blocks by name, parents before their children. */
  private final Map<String, Block> blocks = new LinkedHashMap<>();

  BlockModes(Model model, List<? extends Objective<?>> objectives) {
    if (BlockModel.original(model) instanceof Block block) {
      add("model", block);
    }
    for (Objective<?> objective : objectives) {
      for (int i = 0; i < objective.blocks().size(); i++) {
        add("objective/" + objective.name() + "/" + i, objective.blocks().get(i));
      }
    }
  }

  private void add(String name, Block block) {
    blocks.put(name, block);
    block.children().forEach((child, part) -> add(name + "." + child, part));
  }

  /** Returns the names of the blocks in evaluation mode. */
  List<String> evaluating() {
    return blocks.keySet().stream().filter(name -> !blocks.get(name).isTraining()).toList();
  }

  /** Sets the modes of all blocks. */
  void restore(List<String> evaluating) {
    // Each call sets the descendants, too, which follow.
    blocks.forEach(
        (name, block) -> {
          if (evaluating.contains(name)) {
            block.eval();
          } else {
            block.train();
          }
        });
  }
}
