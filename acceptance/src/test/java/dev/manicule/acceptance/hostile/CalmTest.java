package dev.manicule.acceptance.hostile;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Without an attack: what the machine itself takes, against which the figures of the attacks are to be read. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class CalmTest {
    @ParameterizedTest
    @EnumSource(names = {"NONE", "NONE_OVER_TLS"})
    void baselineWithoutAnAttackHolds(Attack attack) throws Exception {
        Siege.withstand(attack);
    }
}
