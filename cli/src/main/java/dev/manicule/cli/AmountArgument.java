package dev.manicule.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An argument that is an amount to add or, if it is negative, to take back. */
final class AmountArgument implements ITypeConverter<Integer> {
    static final int MOST = 1_000_000_000;

    static boolean isAmount(long amount) {
        return amount != 0 && Math.abs(amount) <= MOST;
    }

    @Override
    public Integer convert(String value) {
        try {
            int amount = Integer.parseInt(value);
            if (isAmount(amount)) {
                return amount;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException(
                "`" + value + "` is no amount; expected a whole number up to " + MOST + ", such as 3 or -1");
    }
}
