// What is fetched, and from where: the record, then the keys of parties at their own addresses.

import { documentAddress } from "./did_web.mjs";

const PATIENCE_MS = 20_000;
const LARGEST_KEYS = 1024 * 1024;
const BATTERY_PATH = /^\/(?:01\/\d{8,14}\/21\/[^/?#]+|id\/[^?#]+)$/;

export class FetchError extends Error {}

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

async function read(url) {
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
  return response.arrayBuffer();
}

export const readRecord = (url) => read(url);

// Read each party's keys from its own address. What came from that same host anyway is not asked
// for twice: `along` are the documents in the record, `host` is where the record came from.
export async function readPublished(along, origin) {
  const published = {};
  const silent = [];
  await Promise.all(Object.keys(along).map(async (did) => {
    const address = documentAddress(did);
    if (address === null) {
      silent.push(did);
      return;
    }
    const { host, origin: home } = new URL(address);
    if (home === origin) {
      published[did] = { document: along[did], from: host };
      return;
    }
    try {
      const bytes = await read(address);
      if (bytes.byteLength > LARGEST_KEYS) {
        throw new FetchError("too large");
      }
      published[did] = { document: JSON.parse(new TextDecoder().decode(bytes)), from: host };
    } catch (error) {
      if (!(error instanceof FetchError || error instanceof SyntaxError)) {
        throw error;
      }
      silent.push(did);
    }
  }));
  return { published, silent };
}

// Read the key of a host's log, as the host gives it out.
export async function readLogKey(origin) {
  try {
    const text = new TextDecoder().decode(await read(`${origin}/log/key`)).trim();
    return [{ origin: text.split("+")[0], key: text, from: new URL(origin).host }];
  } catch (error) {
    if (error instanceof FetchError) {
      return [];
    }
    throw error;
  }
}
