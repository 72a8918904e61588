// Keys that this device has seen: what was published once may not become another key later.

const PLACE = "open-battery-passport-verifier";
const MOST_PARTIES = 500;

const EMPTY = { dids: {}, logs: {}, trust: null };

export function recall() {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(PLACE) ?? "{}") };
  } catch {
    return { ...EMPTY }; // storage is switched off, or holds something else
  }
}

function keep(memory) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(memory));
    return true;
  } catch {
    return false;
  }
}

// Remember keys that came from their party's own address, and the log's.
export function remember(report) {
  const memory = recall();
  const since = new Date().toISOString().slice(0, 10);
  for (const { did, source, keys } of report.parties) {
    if (source.kind === "published" && (memory.dids[did] || Object.keys(memory.dids).length < MOST_PARTIES)) {
      const known = memory.dids[did] ?? { since, from: source.from, keys: {} };
      memory.dids[did] = { ...known, keys: { ...keys, ...known.keys } };
    }
  }
  if (report.log?.source.kind === "published") {
    memory.logs[report.log.origin] ??= { key: report.log.key, since };
  }
  keep(memory);
}

export const keepTrust = (trust) => keep({ ...recall(), trust });

export function forget() {
  localStorage.removeItem(PLACE);
}
