import createClient from "openapi-fetch";
import type { paths } from "./manicule";

const client = createClient<paths>({
  baseUrl: "http://127.0.0.1:8090",
  headers: { Accept: "application/json" },
});
const keyset = { publishKey: "demo", subscribeKey: "demo" };
const room = { subscribeKey: "demo", channel: "chats.typescript" };

async function main(): Promise<void> {
  const published = await client.POST("/publish/{publishKey}/{subscribeKey}/0/{channel}", {
    params: { path: { ...keyset, channel: room.channel }, query: { uuid: "alice" } },
    body: { text: "hello" },
  });
  if (published.data === undefined) throw new Error(JSON.stringify(published.error));
  const messageTimetoken = String(published.data[2]);

  const message = "/v1/message-actions/{subscribeKey}/channel/{channel}/message/{messageTimetoken}";
  const wave = {
    params: { path: { ...room, messageTimetoken }, query: { uuid: "bob" } },
    body: { type: "reaction", value: "wave" },
  };
  const added = await client.POST(message, wave);
  if (added.data === undefined) throw new Error(JSON.stringify(added.error));
  const { uuid, value, actionTimetoken } = added.data.data;
  console.log(`${uuid} added ${value} as ${actionTimetoken}`);

  const again = await client.POST(message, wave);
  if (again.error !== undefined && "status" in again.error && typeof again.error.error === "object") {
    console.log(`${again.error.status}: ${again.error.error.message}`);
  }

  const list = "/v1/message-actions/{subscribeKey}/channel/{channel}";
  const page = await client.GET(list, { params: { path: room } });
  console.log(page.data?.data.map((action) => `${action.type} ${action.value} on ${action.messageTimetoken}`));

  await client.DELETE(`${message}/action/{actionTimetoken}`, {
    params: { path: { ...room, messageTimetoken, actionTimetoken }, query: { uuid: "bob" } },
  });
  const left = await client.GET(list, { params: { path: room } });
  console.log(`${left.data?.data.length} actions are left`);
}

await main();
