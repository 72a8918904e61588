// What is fetched, and from where: the record, then the keys of parties at their own addresses.

import { documentAddress } from "./did_web.mjs";
import { LARGEST_KEYS, LARGEST_RECORD, MOST_PARTIES_ASKED } from "./limits.mjs";

const PATIENCE_MS = 20_000;
const BATTERY_PATH = /^\/(?:01\/\d{8,14}\/21\/[^/?#]+|id\/[^?#]+)$/;

export class FetchError extends Error {}

class TooLargeError extends FetchError {}

// Where the record of a battery stands, from the text in its code: null where it is no such text.
export function recordAddress(text, own) {
  const trimmed = text.trim();
  const absolute = /^https?:\/\//i.test(trimmed) ? trimmed : `${own}/${trimmed.replace(/^\//, "")}`;
  let url;
  try {
    url = new URL(absolute);
  } catch {
    return null;
  }
  return BATTERY_PATH.test(url.pathname) ? new URL(`/batteries${url.pathname}/bundle`, url.origin) : null;
}

async function read(url, largest) {
  const { host } = new URL(url);
  let response;
  try {
    response = await fetch(url, {
      credentials: "omit", // what everybody may see; no session goes along
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new FetchError(navigator.onLine
      ? `${host} did not answer, or lets no other page read its records. Download the record there and open the file here.`
      : "There is no network. Open a record that is saved on this device.");
  }
  if (response.status === 404) {
    throw new FetchError(`${host} has no record under this address.`);
  }
  if (!response.ok) {
    throw new FetchError(`${host} answered ${response.status} instead of the record.`);
  }
  return readAtMost(largest, response.body, host);
}

async function readAtMost(largest, body, host) {
  const portions = [];
  let size = 0;
  try {
    for (const reader = body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) {
        return new Blob(portions).arrayBuffer();
      }
      size += value.byteLength;
      if (size > largest) {
        await reader.cancel();
        break;
      }
      portions.push(value);
    }
  } catch {
    throw new FetchError(`${host} stopped in the middle of its answer.`);
  }
  throw new TooLargeError(`${host} sent more than ${largest / 1024} KiB, which is not read.`);
}

export const readRecord = (url) => read(url, LARGEST_RECORD);

// Read the parties' keys, each from its own address: of so many, in the order of the record. What
// came from that same host anyway is not asked for twice: `along` are the documents in the record,
// `origin` is where the record came from. `silent` are those without an answer to use, each with
// why; `unasked` counts the others.
export async function readPublished(along, origin) {
  const published = {};
  const places = Object.keys(along)
    .map((did) => ({ did, address: documentAddress(did) }))
    .filter(({ address }) => address !== null);
  const isHere = ({ address }) => new URL(address).origin === origin;
  for (const { did, address } of places.filter(isHere)) {
    published[did] = { document: along[did], from: new URL(address).host };
  }
  const elsewhere = places.filter((place) => !isHere(place));
  const asked = elsewhere.slice(0, MOST_PARTIES_ASKED);
  const silent = [];
  await Promise.all(asked.map(async ({ did, address }) => {
    try {
      const bytes = await read(address, LARGEST_KEYS);
      published[did] = { document: JSON.parse(new TextDecoder().decode(bytes)), from: new URL(address).host };
    } catch (error) {
      silent.push({ did, why: whyWithoutKeys(error) });
    }
  }));
  return { published, silent, unasked: elsewhere.length - asked.length };
}

function whyWithoutKeys(error) {
  if (error instanceof TooLargeError) {
    return `its own address sent more than ${LARGEST_KEYS / 1024} KiB, which is not read`;
  }
  if (error instanceof FetchError) {
    return "its own address did not answer";
  }
  if (error instanceof SyntaxError) {
    return "its own address gave no keys";
  }
  throw error;
}

// Read the key of a host's log, as the host gives it out.
export async function readLogKey(origin) {
  try {
    const text = new TextDecoder().decode(await read(`${origin}/log/key`, LARGEST_KEYS)).trim();
    return [{ origin: text.split("+")[0], key: text, from: new URL(origin).host }];
  } catch (error) {
    if (error instanceof FetchError) {
      return [];
    }
    throw error;
  }
}
