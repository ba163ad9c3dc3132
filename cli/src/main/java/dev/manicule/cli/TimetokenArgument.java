package dev.manicule.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An argument that is a timetoken. */
final class TimetokenArgument implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
        try {
            long timetoken = Long.parseLong(value);
            if (timetoken > 0) {
                return timetoken;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException(
                "`" + value + "` is no timetoken; expected 17 digits, such as 17672256000000001");
    }
}
