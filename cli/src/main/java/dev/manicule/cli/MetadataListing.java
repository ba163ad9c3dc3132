package dev.manicule.cli;

import picocli.CommandLine.Mixin;

/** A command that prints a list of App Context. */
abstract class MetadataListing extends ClientCommand {
    @Mixin
    final MetadataListOptions options = new MetadataListOptions();

    @Override
    void check() {
        options.check();
    }
}
