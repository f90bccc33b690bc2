evaluate(new File(basedir, '../chosen-platform/verify.groovy'))
