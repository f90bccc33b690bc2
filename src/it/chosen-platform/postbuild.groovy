assert basedir.list().findAll { it.startsWith('tree-') }.sort() == [
  'tree-linux-arm64.txt', 'tree-linux-x86_64.txt', 'tree-macosx-arm64.txt', 'tree-macosx-x86_64.txt', 'tree-windows-x86_64.txt'
]
evaluate(new File(basedir, '../parent/trees.groovy'))
