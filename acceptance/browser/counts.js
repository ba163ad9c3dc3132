// A reader of a log of actions gets summaries of any moment, in any order and late; the events from some moment on, in
// their order and some of them again; and the responses to its own requests, before or after their events. From the first
// summary on its counts are at each step those of the server, at the latest moment that it has heard of. Returns what is
// wrong, null for nothing.
async (seed) => {
  const { Counts } = await import("/console/counts.js");
  const ROUNDS = 3000;
  const VALUES = ["a", "b", "c"];
  const ME = "me";
  const USERS = [ME, "ann", "bob", "cem", "dan"];
  let state = seed;
  const random = (n) => { // xorshift
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  const usersOf = (on, value) => [...on.keys()].filter((key) => key[0] === value).map((key) => key.slice(1));
  const timetoken = (events) => String(1000 + events);

  function summary(on, events) {
    const actions = {};
    for (const value of VALUES) {
      const users = usersOf(on, value);
      if (users.length > 0) {
        (actions.r ??= {})[value] = { count: users.length, mine: on.get(value + ME),
          first: users.slice(0, 3).map((uuid) => ({ uuid, actionTimetoken: on.get(value + uuid) })) };
      }
    }
    return { asOf: timetoken(events), actions };
  }

  /** Events, and what is on the message after each number of them: from value and uuid to action timetoken. */
  function history(length) {
    const log = [];
    const states = [new Map()];
    while (log.length < length) {
      const on = new Map(states.at(-1));
      const at = timetoken(log.length + 1);
      const value = VALUES[random(VALUES.length)];
      const uuid = USERS[random(USERS.length)];
      const there = on.get(value + uuid);
      if (there) {
        on.delete(value + uuid);
      } else {
        on.set(value + uuid, at);
      }
      log.push({ uuid, at, d: { event: there ? "removed" : "added", count: usersOf(on, value).length,
        data: { type: "r", value, actionTimetoken: there ?? at } } });
      states.push(on);
    }
    return { log, states };
  }

  function fault(counts, others, mine, value) {
    const shown = counts.of("r", value);
    const isRight = shown.count === others.length + (mine === null ? 0 : 1) && counts.mine("r", value) === mine
      && shown.others.every((uuid) => others.includes(uuid));
    return isRight ? null : `${value} is ${JSON.stringify(shown)}, mine ${counts.mine("r", value)}; is to be ${others}, mine ${mine}`;
  }

  for (let round = 0; round < ROUNDS; round++) {
    const { log, states } = history(1 + random(25));
    const counts = new Counts(ME);
    const from = random(log.length + 1);
    let next = from;
    let summed = -1;
    const responded = new Map(VALUES.map((value) => [value, 0]));
    while (next < log.length || summed < 0) {
      const what = random(4);
      if (what === 0) {
        const at = from + random(log.length + 1 - from);
        counts.summary(summary(states[at], at));
        summed = Math.max(summed, at);
      } else if (what === 1 && next < log.length && log[next].uuid === ME) {
        const { event, data: { type, value, actionTimetoken } } = log[next].d;
        counts[event](type, value, actionTimetoken);
        responded.set(value, next + 1);
      } else if (next < log.length) {
        const which = next > from && random(5) === 0 ? next - 1 - random(next - from) : next++;
        counts.event(log[which].d, log[which].uuid, log[which].at);
      }
      const known = Math.max(summed, next);
      for (const value of summed < 0 ? [] : VALUES) {
        const others = usersOf(states[known], value).filter((uuid) => uuid !== ME);
        const mine = states[Math.max(known, responded.get(value))].get(value + ME) ?? null;
        const words = fault(counts, others, mine, value);
        if (words !== null) {
          return `seed ${seed}, round ${round}: ${words}`;
        }
      }
    }
  }
  return null;
}
