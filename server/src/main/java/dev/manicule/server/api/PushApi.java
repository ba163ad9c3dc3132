package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Permission;
import dev.manicule.server.command.ChangeDevice;
import dev.manicule.server.command.RemoveDevice;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Devices that get notifications: their channels. All requests are GET, also those that change something. */
public final class PushApi implements EndpointFamily {
    private static final ErrorFormat ERRORS = (status, message, now) -> Response.json(status,
            new JsonWriter().object().member("error", message).end().toBytes());
    private static final int MOST_IN_A_LIST = 1_000;

    private final GroupChanges changes;
    private final LedgerReader ledger;
    private final Access access;
    private final Limits limits;

    /** The family over a journal, the ledger that it writes, and access control, with the limits. */
    public PushApi(Journal journal, LedgerReader ledger, Access access, Limits limits) {
        changes = new GroupChanges(journal);
        this.ledger = ledger;
        this.access = access;
        this.limits = limits;
    }

    @Override
    public String name() {
        return "push";
    }

    @Override
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (String device : List.of("/v1/push/sub-key/{subscribeKey}/devices/{device}",
                "/v2/push/sub-key/{subscribeKey}/devices-apns2/{device}")) {
            routes.add(Route.of("GET", device, ERRORS, PushApi::need, this::listOrChange)
                    .with(Trait.WITHOUT_HEAD)
                    .with(Trait.LINEARIZABLE));
            routes.add(Route.of("GET", device + "/remove", ERRORS, RequiredPermission.NOTHING, this::remove)
                    .with(Trait.WITHOUT_HEAD));
        }
        return routes;
    }

    /** A notification has a message of the channel in it. Who knows the token of a device may take it out. */
    private static List<Demand> need(ApiRequest request) {
        return ApiRequest.list(request.query().text("add"))
                .stream()
                .<Demand>map(name -> new Demand.On(Kind.CHANNEL, name, Permission.READ))
                .toList();
    }

    private static void refuse(ApiRequest request, String why) {
        request.refuse(400, why);
    }

    /** The device that a request is about; null when it has been refused. */
    private static @Nullable PushDevice device(ApiRequest request) {
        boolean isSecond = request.request().path().startsWith("/v2/");
        Gateway gateway = isSecond ? environment(request) : type(request);
        String topic = isSecond ? request.query().text("topic") : "";
        String token = request.segment("device");
        if (gateway == null) {
            refuse(request, isSecond
                    ? "Invalid environment: it is development or production"
                    : "Invalid type: it is apns, gcm or fcm");
        } else if (topic == null || (isSecond && !PushDevice.isTopic(topic))) {
            refuse(request, "Invalid topic: it is the identifier of the app");
        } else if (!PushDevice.isToken(token, gateway)) {
            refuse(request, "Invalid device token");
        } else {
            return new PushDevice(request.subscribeKey(), gateway, topic, token);
        }
        return null;
    }

    private static @Nullable Gateway type(ApiRequest request) {
        return switch (request.query().text("type")) {
            case "gcm", "fcm" -> Gateway.FCM;
            case "apns" -> Gateway.APNS;
            case null, default -> null;
        };
    }

    private static @Nullable Gateway environment(ApiRequest request) {
        return switch (request.query().text("environment")) {
            case null -> Gateway.APNS2_DEVELOPMENT;
            case "development" -> Gateway.APNS2_DEVELOPMENT;
            case "production" -> Gateway.APNS2_PRODUCTION;
            default -> null;
        };
    }

    private void listOrChange(ApiRequest request) {
        PushDevice device = device(request);
        if (device == null) {
            return;
        }
        String added = request.query().text("add");
        String removed = request.query().text("remove");
        List<String> add = ApiRequest.list(added);
        List<String> remove = ApiRequest.list(removed);
        if (added == null && removed == null) {
            list(request, device);
        } else if (limits.isOver(Limit.CHANNELS_BY_REQUEST, add.size() + remove.size())) {
            refuse(request, "Too many channels: at most " + limits.of(Limit.CHANNELS_BY_REQUEST) + " a request");
        } else if (!add.stream().allMatch(name -> Channel.isName(name) && Channel.isForMessages(name))
                || !remove.stream().allMatch(Channel::isName)) {
            refuse(request, "Invalid channel");
        } else {
            change(request, device, add, remove);
        }
    }

    private void change(ApiRequest request, PushDevice device, List<String> add, List<String> remove) {
        int mostChannels = limits.count(Limit.CHANNELS_BY_DEVICE);
        int mostDevices = limits.count(Limit.DEVICES_BY_CHANNEL);
        changes.submit(request.client(), new ChangeDevice(device, add, remove, mostChannels, mostDevices),
                add.size() + remove.size(), outcome -> {
                    switch (outcome) {
                        case ChangeDevice.DeviceChanged _ -> confirm(request, "Modified Channels");
                        case ChangeDevice.TooManyChannels _ -> {
                            limits.reached(Limit.CHANNELS_BY_DEVICE);
                            refuse(request, "Too many channels: a device has up to " + mostChannels);
                        }
                        case ChangeDevice.TooManyDevices _ -> {
                            limits.reached(Limit.DEVICES_BY_CHANNEL);
                            refuse(request, "Too many devices: a channel has up to " + mostDevices);
                        }
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
    }

    private void remove(ApiRequest request) {
        PushDevice device = device(request);
        if (device == null) {
            return;
        }
        changes.submit(request.client(), new RemoveDevice(device, Long.MAX_VALUE),
                limits.count(Limit.CHANNELS_BY_DEVICE), outcome -> {
                    switch (outcome) {
                        case RemoveDevice.DeviceRemoved _ -> confirm(request, "Removed Device");
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
    }

    private static void confirm(ApiRequest request, String what) {
        request.respond(Response.json(200, new JsonWriter().array().number(1).value(what).end().toBytes()));
    }

    private void list(ApiRequest request, PushDevice device) {
        int count = request.query().count("count", MOST_IN_A_LIST, MOST_IN_A_LIST);
        if (count < 0) {
            refuse(request, "Invalid count: it is a number from 1 to " + MOST_IN_A_LIST);
            return;
        }
        DeviceChannels channels = new DeviceChannels(request, device, count);
        request.respondInSlices(channels::next);
    }

    /** The channels of a device that the caller may read, checked in slices. */
    private final class DeviceChannels {
        private final ApiRequest request;
        private final PushDevice device;
        private final int count;
        private final ReadableNames readable;
        private @Nullable Iterator<String> left;

        DeviceChannels(ApiRequest request, PushDevice device, int count) {
            this.request = request;
            this.device = device;
            this.count = count;
            readable = new ReadableNames(access, request.caller(), Kind.CHANNEL);
        }

        @Nullable
        Response next() {
            Iterator<String> rest = left;
            if (rest == null) {
                rest = ledger.channelsOf(device, request.query().text("start"), count).iterator();
                left = rest;
            }
            return readable.addSome(rest)
                    ? null
                    : Response.json(200, new JsonWriter().strings(readable.names()).toBytes());
        }
    }
}
