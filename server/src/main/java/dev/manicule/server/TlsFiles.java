package dev.manicule.server;

import java.nio.file.Path;

/**
 * Where the certificate is, both files in PEM.
 *
 * @param certificate it, and those that vouch for it
 * @param key its key in PKCS #8, without a password
 */
public record TlsFiles(Path certificate, Path key) {}
