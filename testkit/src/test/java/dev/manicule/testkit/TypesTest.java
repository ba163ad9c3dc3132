package dev.manicule.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests with a Java that is older than the server's can use all of the testkit. */
class TypesTest {
    private static final int JAVA_17 = 61;
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.manicule.testkit");

    @Test
    void theTestkitUsesNoTypeOfTheServer() {
        classes().should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.manicule.testkit", "dev.manicule.client", "java..", "javax.xml.parsers",
                        "org.w3c.dom", "org.xml.sax", "org.junit..", "org.jspecify.annotations")
                .check(CLASSES);
    }

    @Test
    void theApiHasTypesOfTheTestkitTheClientAndTheJdk() {
        Set<String> packages = Set.of("dev.manicule.testkit", "dev.manicule.client");
        methods().that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(DescribedPredicate.describe("are public", TypesTest::isPublic))
                .should(new ArchCondition<>("show types of the testkit, the client and the JDK only") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        method.getAllInvolvedRawTypes()
                                .stream()
                                .map(JavaClass::getBaseComponentType)
                                .filter(type -> !type.isPrimitive() && !type.getPackageName().startsWith("java.")
                                        && !(packages.contains(type.getPackageName()) && isPublic(type)))
                                .forEach(type -> events.add(SimpleConditionEvent.violated(method,
                                        method.getFullName() + " shows " + type.getName())));
                    }
                })
                .check(CLASSES);
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(TypesTest::isPublic).orElse(true);
    }

    @Test
    void theClassFilesAreForJava17() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of("target/classes"))) {
            files = all.filter(file -> file.toString().endsWith(".class")).toList();
        }
        assertThat(files).hasSizeGreaterThan(15).allSatisfy(file -> {
            try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                in.readInt();
                in.readUnsignedShort();
                assertThat(in.readUnsignedShort()).isLessThanOrEqualTo(JAVA_17);
            }
        });
    }
}
