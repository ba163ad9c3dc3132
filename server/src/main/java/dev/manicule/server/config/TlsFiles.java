package dev.manicule.server.config;

import java.nio.file.Path;

/**
 * The files of the certificate, both in PEM.
 *
 * @param certificate the certificate, and those that sign it
 * @param key its key in PKCS #8, without a password
 */
public record TlsFiles(Path certificate, Path key) {}
