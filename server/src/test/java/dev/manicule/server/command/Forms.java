package dev.manicule.server.command;

import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.StoredFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Commands, outcomes and an entry with the byte forms that are in logs and must be read for ever. To add one is the only
 * change that this file may see.
 */
final class Forms {
    /** Something with its form, in hexadecimal digits. */
    record Form<T>(T value, String hex) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    private static final Channel CHANNEL = new Channel("demo", "room.ä");
    private static final EntityId USER = new EntityId("demo", EntityId.Kind.USER, "bob");
    private static final EntityId ROOM = new EntityId("demo", EntityId.Kind.CHANNEL, "room.ä");
    private static final ChannelGroup GROUP = new ChannelGroup("demo", "team");
    private static final PushDevice DEVICE = new PushDevice("demo", Gateway.APNS2_PRODUCTION, "app.x", "ab01");
    private static final long TIME = 17_000_000_000_000_001L;

    static final List<Form<Command<?>>> COMMANDS = List.of(
            new Form<>(new Publish(CHANNEL, json("{\"a\":1}"), null, null, null, null, null, Delivery.STORED),
                    "010464656d6f07726f6f6d2ec3a4077b2261223a317d0000"),
            new Form<>(new Publish(CHANNEL, json("1"), json("{}"), "bob", "note", 7L, json("{\"t\":\"1\"}"),
                    Delivery.SIGNAL),
                    "010464656d6f07726f6f6d2ec3a40131021f027b7d03626f62046e6f74650000000000000007097b"
                            + "2274223a2231227d"),
            new Form<>(new Publish(CHANNEL, json("\"😀\""), null, "bob", null, Long.MAX_VALUE, null,
                    Delivery.TRANSIENT), "010464656d6f07726f6f6d2ec3a40622f09f988022010a03626f627fffffffffffffff"),
            new Form<>(new Publish(CHANNEL, json("[]"), null, null, null, null, null, Delivery.FIRED),
                    "010464656d6f07726f6f6d2ec3a4025b5d0300"),
            new Form<>(new AddAction(CHANNEL, TIME, "reaction", "😀", "bob", true, 8_000),
                    "020464656d6f07726f6f6d2ec3a4003c6568f12e8001087265616374696f6e04f09f988003626f62"
                            + "010000000000001f40"),
            new Form<>(new AddAction(CHANNEL, TIME, "receipt", "\u20ac\u0000", "bob"),
                    "020464656d6f07726f6f6d2ec3a4003c6568f12e8001077265636569707404e282ac0003626f6200"
                            + "7fffffffffffffff"),
            new Form<>(new RemoveAction(CHANNEL, TIME, TIME + 1, "bob", true),
                    "030464656d6f07726f6f6d2ec3a4003c6568f12e8001003c6568f12e800203626f6201"),
            new Form<>(new ChangeActions(CHANNEL,
                    List.of(new ActionChange.Put(TIME, "reaction", "😀", "bob", 50_000_000L, true,
                            new ActionTerms(true, 8_000, ActionRule.Kind.ONE, 20, ActionRule.ANY_NUMBER)),
                            new ActionChange.AddAmount(TIME, "clap", "c", "bob", -3, 0,
                                    new ActionTerms(false, 8_000, ActionRule.Kind.COUNTER, 20, 50)),
                            new ActionChange.TakeOff(TIME, "reaction", null, null, "boss", 100),
                            new ActionChange.Replace(TIME, "tag", List.of("a", "b"), "bob", 0,
                                    new ActionTerms(false, 8_000, ActionRule.NONE))),
                    true),
                    "0f0464656d6f07726f6f6d2ec3a40400003c6568f12e8001087265616374696f6e04f09f98800362"
                            + "6f620000000002faf08001010000000000001f4001000000147fffffff03003c6568f12e80010463"
                            + "6c6170016303626f62fffffffd0000000000000000000000000000001f4003000000140000003201"
                            + "003c6568f12e800101087265616374696f6e000004626f73730000006402003c6568f12e80010374"
                            + "6167020161016203626f620000000000000000000000000000001f40007fffffff7fffffff01"),
            new Form<>(new MarkRead(CHANNEL, "bob", TIME, 100_000),
                    "100464656d6f07726f6f6d2ec3a403626f62003c6568f12e8001000186a0"),
            new Form<>(new ExpireActions(258), "1100000102"),
            new Form<>(new SetEntity(USER, json("{\"name\":null}"), "tag", 100_000),
                    "12000464656d6f03626f620d7b226e616d65223a6e756c6c7d0103746167000186a0"),
            new Form<>(new SetEntity(ROOM, json("{}"), null, 100_000),
                    "12010464656d6f07726f6f6d2ec3a4027b7d00000186a0"),
            new Form<>(new RemoveEntity(ROOM, 100), "13010464656d6f07726f6f6d2ec3a400000064"),
            new Form<>(new ChangeMemberships(USER,
                    List.of(new ChangeMemberships.Member("room.ä", json("{\"status\":\"x\"}"))), List.of("a", "b"),
                    true,
                    100_000),
                    "14000464656d6f03626f620107726f6f6d2ec3a40e7b22737461747573223a2278227d0201610162"
                            + "01000186a0"),
            new Form<>(new AddFile(CHANNEL, "i", "n", new StoredFile.Content(258, "t", "s", "p"), TIME),
                    "170464656d6f07726f6f6d2ec3a40169016e0000000000000102017401730170003c6568f12e8001"),
            new Form<>(new DeleteFile(CHANNEL, "i", "n"), "180464656d6f07726f6f6d2ec3a40169016e"),
            new Form<>(new ExpireFiles(List.of("i", "j")), "19020169016a"),
            new Form<>(new Publish(CHANNEL, json("1"), null, null, null, null, null, Delivery.FILE),
                    "010464656d6f07726f6f6d2ec3a401310400"),
            new Form<>(new ChangeDevice(DEVICE, List.of("a", "ä"), List.of("b"), 258, 100_000),
                    "1b0464656d6f04056170702e780461623031" + "02016102c3a401016200000102000186a0"),
            new Form<>(new ChangeDevice(new PushDevice("demo", Gateway.FCM, "", "t:1"), List.of(), List.of(), 1, 1),
                    "1b0464656d6f010003743a3100000000000100000001"),
            new Form<>(new RemoveDevice(DEVICE, TIME), "1c0464656d6f04056170702e780461623031003c6568f12e8001"),
            new Form<>(new FollowFeed("push", -1, TIME, 258),
                    "1d0470757368ffffffffffffffff003c6568f12e80010000000000000102"),
            new Form<>(new DeleteMessages(CHANNEL, new Range(1, TIME, true)),
                    "040464656d6f07726f6f6d2ec3a40000000000000001003c6568f12e800101"),
            new Form<>(new DeleteMessages(CHANNEL, new Range(0, -1, false)),
                    "040464656d6f07726f6f6d2ec3a40000000000000000ffffffffffffffff00"),
            new Form<>(new Retain("demo", 864_000_000_000L), "050464656d6f000000c92a69c000"),
            new Form<>(new Retain("demo", Retain.FOREVER), "050464656d6fffffffffffffffff"),
            new Form<>(new Tick(), "0b"),
            new Form<>(
                    new Publish(CHANNEL, json("1"), null, null, null, null, null, Delivery.STORED)
                            .lasting(18_000_000_000L),
                    "010464656d6f07726f6f6d2ec3a40131002000000004" + "30e23400"),
            new Form<>(new GrantToKeys("demo", List.of("cä", "k"), List.of("", "k1"), 3, 1_800_000_000, 1_700_000_000,
                    100_000),
                    "1e0464656d6f020363c3a4016b0200026b3100000003000000006b49d200000000006553f100000186a0"),
            new Form<>(new ChangePresence(258, List.of(new Join(CHANNEL, "bob", 3_000_000_000L, json("{}"), true),
                    new Join(CHANNEL, "bob", 1, null, false), new Leave(CHANNEL, "bob", true, false),
                    new SetState(CHANNEL, "bob", json("{}"), true), new LeaveEverywhere(CHANNEL, "bob", null, true),
                    new LeaveEverywhere(CHANNEL, "bob", "group", false),
                    new Interval(CHANNEL, List.of("a"), List.of("b", "c"), List.of(), true, GROUP),
                    Interval.refresh(CHANNEL, null))),
                    "0c000000000000010208010464656d6f07726f6f6d2ec3a403626f6200000000b2d05e0001027b7d01010464"
                            + "656d6f07726f6f6d2ec3a403626f6200000000000000010000020464656d6f07726f6f6d2ec3a403626f6201"
                            + "00030464656d6f07726f6f6d2ec3a403626f62027b7d01050464656d6f07726f6f6d2ec3a403626f62000105"
                            + "0464656d6f07726f6f6d2ec3a403626f62010567726f757000040464656d6f07726f6f6d2ec3a40101610201"
                            + "6201630001010464656d6f047465616d040464656d6f07726f6f6d2ec3a40000000100"),
            new Form<>(new ChangeGroup(GROUP, List.of("a", "b"), List.of("ä"), 2_000),
                    "070464656d6f047465616d02016101620102c3a4000007d0"),
            new Form<>(new DeleteGroup(GROUP), "080464656d6f047465616d"),
            new Form<>(new RevokeToken("demo", "0a1b", 1_800_000_000, 1_700_000_000),
                    "090464656d6f0430613162000000006b49d200000000006553f100"),
            new Form<>(new ChangePresence(258, List.of(new Join(CHANNEL, "bob", 1, null, false, true))),
                    "0c0000000000000102" + "01010464656d6f07726f6f6d2ec3a403626f6200000000000000010002"),
            new Form<>(
                    new ReportNode(258, "nöde", "a", new ReportNode.Incarnation(-2, true, 7), 3,
                            new ReportNode.Reached(4, 5, 6)),
                    "0d0000000000000102056ec3b664650161fffffffffffffffe010000000000000007000000030000000000000004000000050000000000000006"),
            new Form<>(new RemoveNode(258, TIME, 500), "0e0000000000000102003c6568f12e8001000001f4"),
            new Form<>(new Idempotent<>(new RemoveAction(CHANNEL, TIME, TIME + 1, "bob"), key(true)),
                    "0aa5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a55a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a01030464656d6f"
                            + "07726f6f6d2ec3a4003c6568f12e8001003c6568f12e800203626f6200"),
            new Form<>(new Idempotent<>(new AddAction(CHANNEL, TIME, "r", "v", "bob"), key(false)),
                    "0aa5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a55a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a00020464656d6f"
                            + "07726f6f6d2ec3a4003c6568f12e80010172017603626f62007fffffffffffffff"),
            new Form<>(new Idempotent<>(new Publish(CHANNEL, json("1"), null, null, null, null, null,
                    Delivery.STORED), key(false)),
                    "0aa5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a55a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a00010464656d6f"
                            + "07726f6f6d2ec3a401310000"));

    static final List<Form<Outcome>> OUTCOMES = List.of(
            new Form<>(new Unavailable("The disk fails.", true), "010f546865206469736b206661696c732e01"),
            new Form<>(new Publish.Published(TIME), "10003c6568f12e8001"),
            new Form<>(new AddAction.Added(new MessageAction(TIME, "reaction", "😀", "bob", TIME + 1)),
                    "20003c6568f12e8001087265616374696f6e04f09f988003626f62003c6568f12e8002"),
            new Form<>(new AddAction.AlreadyAdded(), "21"),
            new Form<>(new AddAction.Exists(new MessageAction(TIME, "reaction", "😀", "bob", TIME + 1)),
                    "25003c6568f12e8001087265616374696f6e04f09f988003626f62003c6568f12e80020000000000"
                            + "00000000000001"),
            new Form<>(new ChangeActions.ActionsChanged(List.of(
                    new ChangeActions.Changed(List.of(new MessageAction(TIME, "reaction", "😀", "bob", TIME + 1)),
                            List.of(new MessageAction(TIME, "reaction", "n", "bob", TIME + 2, TIME + 9, 5)), List.of(),
                            true),
                    new ChangeActions.Refused(ChangeActions.Refusal.EXISTS,
                            new MessageAction(TIME, "reaction", "n", "bob", TIME + 2)))),
                    "e0020101003c6568f12e8001087265616374696f6e04f09f988003626f62003c6568f12e80020000"
                            + "0000000000000000000101003c6568f12e8001087265616374696f6e016e03626f62003c6568f12e"
                            + "8003003c6568f12e800a000000050001000001003c6568f12e8001087265616374696f6e016e0362"
                            + "6f62003c6568f12e8003000000000000000000000001"),
            new Form<>(new ChangeActions.NoActionsChanged(3,
                    new ChangeActions.Refused(ChangeActions.Refusal.TOO_MANY_VALUES)), "e1000000030500"),
            new Form<>(new AddAction.NoSuchMessage(), "22"),
            new Form<>(new AddAction.TooManyActions(), "23"),
            new Form<>(new AddAction.TooManyBytes(), "24"),
            new Form<>(new RemoveAction.Removed(), "30"),
            new Form<>(new RemoveAction.NoSuchAction(), "31"),
            new Form<>(new RemoveAction.WrongUuid(), "32"),
            new Form<>(new DeleteMessages.Deleted(), "40"),
            new Form<>(new ChangePresence.PresenceChanged(TIME), "60003c6568f12e8001"),
            new Form<>(new ChangeGroup.Changed(), "70"),
            new Form<>(new ChangeGroup.GroupFull(), "71"),
            new Form<>(new RevokeToken.Revoked(), "90"),
            new Form<>(new GrantToKeys.KeysGranted(), "f1"),
            new Form<>(new GrantToKeys.TooManyGrants(), "f2"),
            new Form<>(new Retain.Retained(), "50"),
            new Form<>(new Tick.Ticked(), "b0"),
            new Form<>(new ReportNode.NodeReported(), "c0"),
            new Form<>(new ReportNode.NodeReplaced(), "c1"),
            new Form<>(new RemoveNode.NodeRemoved(258, true), "d00000010201"),
            new Form<>(new RemoveNode.NodeSeen(), "d1"),
            new Form<>(new MarkRead.Marked(TIME), "80003c6568f12e8001"),
            new Form<>(new MarkRead.TooManyMarks(), "81"),
            new Form<>(new SetEntity.EntitySet(new Metadata(json("{}"), TIME)), "82027b7d003c6568f12e8001"),
            new Form<>(new SetEntity.OtherTag(), "83"),
            new Form<>(new SetEntity.TooManyEntities(), "84"),
            new Form<>(new RemoveEntity.EntityRemoved(), "85"),
            new Form<>(new RemoveEntity.MembershipsLeft(), "86"),
            new Form<>(new ChangeMemberships.MembershipsChanged(), "87"),
            new Form<>(new ChangeMemberships.TooManyMemberships("bob"), "8803626f62"),
            new Form<>(new ChangeMemberships.NoSuchEntity("bob"), "8903626f62"),
            new Form<>(new ExpireActions.ActionsExpired(258), "e200000102"),
            new Form<>(new AddFile.FileAdded(), "91"),
            new Form<>(new AddFile.SameFile(), "92"),
            new Form<>(new AddFile.OtherFile(), "93"),
            new Form<>(new AddFile.TooManyFileBytes(), "94"),
            new Form<>(new DeleteFile.FileDeleted("p"), "950170"),
            new Form<>(new DeleteFile.NoSuchFile(), "96"),
            new Form<>(new ExpireFiles.FilesExpired(List.of("p")), "97010170"),
            new Form<>(new ChangeDevice.DeviceChanged(), "a1"),
            new Form<>(new ChangeDevice.TooManyChannels(), "a2"),
            new Form<>(new ChangeDevice.TooManyDevices(), "a3"),
            new Form<>(new RemoveDevice.DeviceRemoved(258), "a400000102"),
            new Form<>(new FollowFeed.FeedFollowed(TIME), "a5003c6568f12e8001"),
            new Form<>(new FollowFeed.FollowedByOther(), "a6"),
            new Form<>(new Idempotent.KeyReused(), "a0"));

    static final Form<Entry> ENTRY = new Form<>(
            new Entry(new OperationId(0x0102030405060708L, -2), 3, TIME, new DeleteGroup(GROUP)),
            "010102030405060708fffffffffffffffe00000003003c6568f12e8001080464656d6f047465616d");

    private Forms() {}

    static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    static IdempotencyKey key(boolean isStrict) {
        byte[] name = new byte[IdempotencyKey.BYTES];
        byte[] content = new byte[IdempotencyKey.BYTES];
        Arrays.fill(name, (byte) 0xA5);
        Arrays.fill(content, (byte) 0x5A);
        return new IdempotencyKey(name, content, isStrict);
    }

    /** The records that implement a sealed interface, directly or not. */
    static List<Class<?>> records(Class<?> sealed) {
        List<Class<?>> records = new ArrayList<>();
        for (Class<?> each : sealed.getPermittedSubclasses()) {
            records.addAll(each.isSealed() ? records(each) : List.of(each));
        }
        return records.stream().<Class<?>>map(each -> each).distinct().toList();
    }

    static byte[] form(Command<?> command) {
        ByteWriter out = new ByteWriter();
        command.writeTo(out);
        return out.toBytes();
    }

    static byte[] form(Outcome outcome) {
        ByteWriter out = new ByteWriter();
        outcome.writeTo(out);
        return out.toBytes();
    }

    static byte[] form(Entry entry) {
        ByteWriter out = new ByteWriter();
        entry.writeTo(out);
        return out.toBytes();
    }

    static Command<?> command(byte[] form) throws DamagedFormException {
        ByteReader in = new ByteReader(form);
        Command<?> command = Command.readFrom(in);
        in.end();
        return command;
    }

    static Outcome outcome(byte[] form) throws DamagedFormException {
        ByteReader in = new ByteReader(form);
        Outcome outcome = Outcome.readFrom(in);
        in.end();
        return outcome;
    }

    static Entry entry(byte[] form) throws DamagedFormException {
        return Entry.readFrom(new ByteReader(form), rules -> {});
    }
}
