// Each file lists the natives of the platform in its name, all five, and no others.
def platforms = ['linux-x86_64', 'linux-arm64', 'macosx-x86_64', 'macosx-arm64', 'windows-x86_64']
def files = new File(basedir, '.').listFiles().findAll { it.name =~ /^(chosen|detected)-/ }
assert files.size() == 9
files.each { file ->
  def platform = file.name.replaceAll(/^[a-z]+-|\.txt$/, '')
  def natives = file.readLines().findAll { line -> platforms.any { line.contains(":jar:$it:") } }
  assert natives.every { it.contains(":jar:$platform:") } : file
  assert natives.collect { (it =~ /org\.[a-z0-9]+:([a-z0-9-]+):jar/)[0][1] }.sort()
      == ['dnnl', 'javacpp', 'nd4j-native', 'opencl', 'openblas'] : file
}
