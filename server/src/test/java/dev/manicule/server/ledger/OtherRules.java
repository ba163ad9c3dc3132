package dev.manicule.server.ledger;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDBException;

/** Ledgers whose rules are not those of the server. */
public final class OtherRules {
    private OtherRules() {}

    /** One that knows a second version, in which what is only delivered is stored as well. */
    public static Ledger withTwoVersions(Path folder) throws DataFolderException {
        return Ledger.open(folder, RuleBookTest.TWO);
    }

    /** One that knows the first of these versions only. */
    public static Ledger withTheFirst(Path folder) throws DataFolderException {
        return Ledger.open(folder, new RuleBook(List.of(transaction -> new Rules(transaction, RuleBookTest.FEW))));
    }

    /** One with a fault: it takes a message {@code 7} for {@code 8}. */
    public static Ledger withFault(Path folder) throws DataFolderException {
        return Ledger.open(folder, new RuleBook(List.of(FaultyRules::new, FaultyRules::new)));
    }

    private static final class FaultyRules extends Rules {
        FaultyRules(Transaction transaction) {
            super(transaction, GlobalFeed.Bounds.USUAL);
        }

        @Override
        Outcome decide(Command<?> command, long timetoken) throws RocksDBException {
            return super.decide(command instanceof Publish publish && publish.payload().equals(json("7"))
                    ? new Publish(publish.channel(), json("8"), publish.meta(), publish.uuid(), publish.customType(),
                            publish.sequence(), publish.origin(), publish.delivery())
                    : command, timetoken);
        }

        private static Json json(String text) {
            return new Json(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
