// Each tree has the natives of the platform in its file's name, all five, and no others.
def platforms = ['linux-x86_64', 'linux-arm64', 'macosx-x86_64', 'macosx-arm64', 'windows-x86_64']
def trees = basedir.listFiles().findAll { it.name.startsWith('tree-') }
assert trees.size() >= 4
trees.each { tree ->
  def platform = tree.name - 'tree-' - '.txt'
  def natives = tree.readLines().findAll { line -> platforms.any { line.contains(":jar:$it:") } }
  assert natives.every { it.contains(":jar:$platform:") } : tree
  assert natives.collect { (it =~ /org\.[a-z0-9]+:([a-z0-9-]+):jar/)[0][1] }.sort() ==
      ['dnnl', 'javacpp', 'nd4j-native', 'opencl', 'openblas'] : tree
}
