package io.github.vqvae4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** The dependencies between the packages of the library, and APIs that no class may use. */
@AnalyzeClasses(
    packages = ArchitectureTest.LIBRARY,
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  static final String LIBRARY = "io.github.vqvae4j";

  /** Included in ND4J, but unrelated to numeric computation. */
  private static final String PROTOCOL_BUFFERS = "org.nd4j.shade.protobuf..";

  // Rules: each package depends only on the packages that are named after it, and on log.

  @ArchTest static final ArchRule LOG = only("log");
  @ArchTest static final ArchRule CONFIG = only("config");
  @ArchTest static final ArchRule RANDOM = only("random");
  @ArchTest static final ArchRule MEMORY = only("memory");
  @ArchTest static final ArchRule PARALLEL = only("parallel", "memory");
  @ArchTest static final ArchRule IO = only("io", "config", "memory");
  @ArchTest static final ArchRule TENSOR = only("tensor", "config", "memory", "parallel", "random");

  @ArchTest
  static final ArchRule DATA =
      only("data", "config", "io", "memory", "metrics", "random", "tensor");

  @ArchTest static final ArchRule METRICS = only("metrics");
  @ArchTest static final ArchRule NN = only("nn", "config", "io", "parallel", "random", "tensor");

  @ArchTest static final ArchRule SERVE = only("serve", "config", "data", "quantize");

  @ArchTest
  static final ArchRule QUANTIZE =
      only(
          "quantize",
          "config",
          "data",
          "io",
          "memory",
          "metrics",
          "nn",
          "parallel",
          "random",
          "tensor");

  @ArchTest
  static final ArchRule TRAIN =
      only(
          "train",
          "config",
          "data",
          "io",
          "memory",
          "metrics",
          "nn",
          "parallel",
          "random",
          "tensor");

  @ArchTest
  static final ArchRule MODEL =
      only(
          "model",
          "config",
          "data",
          "io",
          "memory",
          "metrics",
          "nn",
          "parallel",
          "quantize",
          "parallel",
          "random",
          "tensor",
          "train");

  @ArchTest
  static final ArchRule PRIOR =
      only(
          "prior",
          "config",
          "data",
          "io",
          "memory",
          "metrics",
          "model",
          "nn",
          "parallel",
          "quantize",
          "random",
          "tensor",
          "train");

  @ArchTest
  static final ArchRule ANOMALY =
      only(
          "anomaly",
          "config",
          "model",
          "prior",
          "quantize",
          "nn",
          "tensor",
          "io",
          "data",
          "metrics",
          "memory",
          "parallel",
          "random");

  @ArchTest
  static final ArchRule PALETTE =
      only(
          "palette",
          "config",
          "model",
          "quantize",
          "nn",
          "tensor",
          "io",
          "data",
          "metrics",
          "memory",
          "parallel",
          "random");

  @ArchTest
  static final ArchRule EVERY_CLASS_IS_IN_A_KNOWN_PACKAGE =
      classes()
          .should()
          .resideInAnyPackage(
              packages(
                  "log",
                  "config",
                  "random",
                  "memory",
                  "parallel",
                  "io",
                  "data",
                  "tensor",
                  "metrics",
                  "nn",
                  "quantize",
                  "parallel",
                  "model",
                  "prior",
                  "serve",
                  "train",
                  "anomaly",
                  "palette"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching(LIBRARY + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_CYCLES_BELOW_DATA =
      slices().matching(LIBRARY + ".data.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_DATA_USES_ITS_INTERNALS =
      noClasses()
          .that()
          .resideOutsideOfPackage(subpackages("data"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(subpackages("data.internal"))
          .allowEmptyShould(true);

  // Native code is used by tensor only, and its kernels are in tensor.internal.

  @ArchTest
  static final ArchRule ONLY_TENSOR_USES_ND4J_AND_ONEDNN =
      noClasses()
          .that()
          .resideOutsideOfPackage(subpackages("tensor"))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.nd4j..", "org.bytedeco..")
                  .and(resideInAPackage(PROTOCOL_BUFFERS).negate()))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_IO_USES_PROTOCOL_BUFFERS =
      noClasses()
          .that()
          .resideOutsideOfPackage(subpackages("io"))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROTOCOL_BUFFERS, "org.tensorflow..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_DATA_USES_FASTCSV =
      noClasses()
          .that()
          .resideOutsideOfPackage(subpackages("data"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("de.siegmar.fastcsv..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_TENSOR_USES_ITS_KERNELS =
      noClasses()
          .that()
          .resideOutsideOfPackage(subpackages("tensor"))
          .should()
          .dependOnClassesThat(
              resideInAPackage(subpackages("tensor.internal"))
                  .and(nameStartingWith(LIBRARY + ".tensor.internal.FusedConvolution").negate())
                  .and(nameStartingWith(LIBRARY + ".tensor.internal.GroupMoments").negate())
                  .and(nameStartingWith(LIBRARY + ".tensor.internal.GroupStatistics").negate()))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_MODELS_AND_THEIR_USES_USE_WHAT_MODELS_SHARE_INTERNALLY =
      noClasses()
          .that()
          .resideOutsideOfPackages(packages("model", "prior", "anomaly", "palette"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(subpackages("model.internal"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_MODELS_USE_THE_INTERNALS_OF_TRAIN =
      noClasses()
          .that()
          .resideOutsideOfPackages(packages("train", "model"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(subpackages("train.internal"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ENCODERS_AND_DECODERS_KNOW_NO_MODEL =
      noClasses()
          .that()
          .resideInAPackage(subpackages("model.blocks"))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              LIBRARY + ".model",
              subpackages("model.classifier"),
              subpackages("model.vae"),
              subpackages("model.vqvae"))
          .allowEmptyShould(true);

  // APIs that a library must not use.

  @ArchTest
  static final ArchRule NO_JAVA_SERIALIZATION =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.io\\.(ObjectInputStream|ObjectOutputStream|Serializable|Externalizable)")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_CLASS_IS_LOADED_BY_NAME =
      noClasses()
          .should()
          .callMethod(Class.class, "forName", String.class)
          .orShould()
          .callMethod(Class.class, "forName", String.class, boolean.class, ClassLoader.class)
          .orShould()
          .callMethod(Class.class, "forName", Module.class, String.class)
          .orShould()
          .callMethod(ClassLoader.class, "loadClass", String.class)
          .allowEmptyShould(true);

  /** Only this class writes to standard error, and only without an SLF4J provider. */
  private static final String STANDARD_ERROR = LIBRARY + ".log.internal.StandardErrorLogger";

  @ArchTest
  static final ArchRule NO_STANDARD_STREAMS =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(STANDARD_ERROR)
          .should(ACCESS_STANDARD_STREAMS)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule LOGS_THROUGH_SLF4J_ONLY =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ch.qos.logback..", "java.util.logging..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONE_SOURCE_OF_LOGGERS =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(LIBRARY + ".log.internal.Log")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.slf4j.LoggerFactory")
          .because("other loggers are silent without an SLF4J provider")
          .allowEmptyShould(true);

  private static ArchRule only(String user, String... used) {
    String[] allowed =
        packages(Stream.concat(Stream.of(user, "log"), Stream.of(used)).toArray(String[]::new));
    return noClasses()
        .that()
        .resideInAPackage(subpackages(user))
        .should()
        .dependOnClassesThat(
            resideInAPackage(LIBRARY + "..").and(resideInAnyPackage(allowed).negate()))
        .as(
            user
                + " uses of the library only "
                + (used.length == 0 ? "itself" : String.join(", ", used)))
        .allowEmptyShould(true);
  }

  private static String[] packages(String... names) {
    return Stream.of(names).map(ArchitectureTest::subpackages).toArray(String[]::new);
  }

  private static String subpackages(String name) {
    return LIBRARY + "." + name + "..";
  }
}
