// Each tree has the natives of the platform in its file's name, all five, and no others; no tree has ND4J's JavaCPP.
def artifacts = ['dnnl', 'javacpp', 'nd4j-native', 'openblas', 'opencl']
def platforms = ['linux-x86_64', 'linux-arm64', 'macosx-x86_64', 'macosx-arm64', 'windows-x86_64']
for (tree in basedir.listFiles().findAll { it.name.startsWith('tree-') }) {
  for (platform in platforms) {
    def found = artifacts.findAll { tree.text.contains(":$it:jar:$platform:") }
    assert found == (tree.name == "tree-${platform}.txt" ? artifacts : [])
  }
  assert !tree.text.contains('1.5.7')
}
