def platforms = ['linux-x86_64', 'linux-arm64', 'macosx-x86_64', 'macosx-arm64', 'windows-x86_64']
def tree = new File(basedir, 'tree.txt').text
platforms.each { platform ->
  ['org.nd4j:nd4j-native', 'org.bytedeco:javacpp', 'org.bytedeco:openblas', 'org.bytedeco:opencl', 'org.bytedeco:dnnl'].each {
    assert tree.contains("$it:jar:$platform:")
  }
}
assert tree.contains('io.github.vqvae4j:vqvae4j:jar:')
assert !tree.contains('1.5.7')
