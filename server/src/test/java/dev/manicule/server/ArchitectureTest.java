package dev.manicule.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rooms of ARCHITECTURE.md, and who may enter which. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.manicule.server");

    @Test
    void packagesDependDownwards() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
                .layer("files")
                .definedBy("..server.files..")
                .layer("json")
                .definedBy("..server.json..")
                .layer("model")
                .definedBy("..server.model..")
                .layer("command")
                .definedBy("..server.command..")
                .layer("ledger")
                .definedBy("..server.ledger..")
                .layer("log")
                .definedBy("..server.log..")
                .layer("kafka")
                .definedBy("..server.kafka..")
                .layer("journal")
                .definedBy("..server.journal..")
                .layer("peers")
                .definedBy("..server.peers..")
                .layer("hub")
                .definedBy("..server.hub..")
                .layer("presence")
                .definedBy("..server.presence..")
                .layer("push")
                .definedBy("..server.push..")
                .layer("filter")
                .definedBy("..server.filter..")
                .layer("access")
                .definedBy("..server.access..")
                .layer("http")
                .definedBy("..server.http..")
                .layer("routing")
                .definedBy("..server.routing..")
                .layer("api")
                .definedBy("..server.api..")
                .layer("config")
                .definedBy("..server.config..")
                .layer("limits")
                .definedBy("..server.limits..")
                .layer("telemetry")
                .definedBy("..server.telemetry..")
                .layer("server")
                .definedBy("dev.manicule.server")
                .whereLayer("server")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("routing")
                .mayOnlyBeAccessedByLayers("api", "server")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("routing", "api", "server")
                .whereLayer("telemetry")
                .mayOnlyBeAccessedByLayers("routing", "api", "config", "server")
                .whereLayer("limits")
                .mayOnlyBeAccessedByLayers("ledger", "journal", "hub", "presence", "access", "http", "routing", "api",
                        "config", "telemetry",
                        "server")
                .whereLayer("presence")
                .mayOnlyBeAccessedByLayers("api", "config", "server")
                .whereLayer("push")
                .mayOnlyBeAccessedByLayers("config", "server")
                .whereLayer("filter")
                .mayOnlyBeAccessedByLayers("hub", "api")
                .whereLayer("peers")
                .mayOnlyBeAccessedByLayers("api", "server")
                .whereLayer("access")
                .mayOnlyBeAccessedByLayers("peers", "routing", "api", "config", "server")
                .whereLayer("hub")
                .mayOnlyBeAccessedByLayers("api", "server")
                .whereLayer("journal")
                .mayOnlyBeAccessedByLayers("hub", "presence", "push", "routing", "api", "server")
                .whereLayer("kafka")
                .mayOnlyBeAccessedByLayers("config", "server")
                .whereLayer("log")
                .mayOnlyBeAccessedByLayers("kafka", "journal", "peers", "server")
                .whereLayer("ledger")
                .mayOnlyBeAccessedByLayers("journal", "peers", "push", "api", "server")
                .whereLayer("files")
                .mayOnlyBeAccessedByLayers("ledger", "log", "journal", "peers", "api", "server")
                .whereLayer("command")
                .mayOnlyBeAccessedByLayers("ledger", "journal", "presence", "push", "peers", "routing", "api",
                        "server")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers("command", "ledger", "log", "kafka", "journal", "hub", "presence", "push",
                        "access",
                        "config", "routing", "api", "server")
                .check(CLASSES);
    }

    @Test
    void eachLibraryStaysInItsRoom() {
        noClasses().that()
                .resideOutsideOfPackage("..server.ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.rocksdb..")
                .check(CLASSES);
        noClasses().that()
                .resideOutsideOfPackage("..server.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(CLASSES);
        noClasses().that()
                .resideOutsideOfPackage("..server.http..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(CLASSES);
        noClasses().that()
                .resideOutsideOfPackage("..server.json..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(CLASSES);
        noClasses().that()
                .resideOutsideOfPackage("..server.access..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.re2j..", "co.nstant..")
                .check(CLASSES);
        noClasses().that()
                .resideOutsideOfPackage("..server.telemetry..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.prometheus..", "io.opentelemetry..")
                .check(CLASSES);
        noClasses().that()
                .resideOutsideOfPackage("..server.config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml..")
                .check(CLASSES);
    }

    /** Timetokens come from the journal's timeline and nowhere else, or histories could not be replayed. */
    @Test
    void coreUsesNoClockAndNoRandomness() {
        noClasses().that()
                .resideInAnyPackage("..server.model..", "..server.command..", "..server.ledger..", "..server.json..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(CLASSES);
    }

    @Test
    void noClassHasAVagueName() {
        classes().should()
                .haveSimpleNameNotEndingWith("Utils")
                .andShould()
                .haveSimpleNameNotEndingWith("Util")
                .andShould()
                .haveSimpleNameNotEndingWith("Helper")
                .andShould()
                .haveSimpleNameNotEndingWith("Manager")
                .andShould()
                .haveSimpleNameNotEndingWith("Impl")
                .check(CLASSES);
    }
}
