evaluate(new File(basedir, '../chosen-platform/postbuild.groovy'))
