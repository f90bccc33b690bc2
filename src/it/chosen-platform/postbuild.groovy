// Each tree has the natives of the platform in its file's name, all five, and no others.
def artifacts = ['dnnl', 'javacpp', 'nd4j-native', 'openblas', 'opencl']
def platforms = ['linux-x86_64', 'linux-arm64', 'macosx-x86_64', 'macosx-arm64', 'windows-x86_64']
def trees = basedir.listFiles().findAll { it.name.startsWith('tree-') }
assert trees.size() >= 4
for (tree in trees) {
  for (platform in platforms) {
    def found = artifacts.findAll { tree.text.contains(":$it:jar:$platform:") }
    assert found == (tree.name == "tree-${platform}.txt" ? artifacts : [])
  }
}
