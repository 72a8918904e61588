// Whose keys these are, and who says so.
//
// A document of keys that comes along with a record proves nothing: whoever forges the one forges
// the other. It counts where a trust file names it, where it came from the party's own address, or
// where this device remembers its keys.

import { hex, sha256, utf8 } from "./encoding.mjs";
import { ASK_THE_PROGRAM, Refusal, forged } from "./refusal.mjs";

export const REVOKED_FROM = "https://w3id.org/open-battery-passport/battery#revokedFromLogSize";

const listed = (value) => (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined);

// The keys that a party publishes, by their full id.
export function readKeys(did, didDocument) {
  if (didDocument?.id !== did) {
    throw new Refusal("did-document", `the document of keys is about ${didDocument?.id}, not ${did}`);
  }
  const full = (id) => (typeof id === "string" && id.startsWith("#") ? did + id : id);
  const assertions = listed(didDocument.assertionMethod);
  const purposes = new Set(assertions.map((one) => full(typeof one === "object" ? one.id : one)));
  const methods = [...listed(didDocument.verificationMethod), ...assertions]
    .filter((one) => typeof one === "object" && one.type === "Multikey");
  const keys = new Map();
  for (const method of methods) {
    const id = full(method.id);
    if (keys.has(id) || method.controller !== did || typeof id !== "string" || !id.startsWith(`${did}#`)) {
      throw new Refusal("did-document", `${did} publishes ${id} twice, or in the name of another`);
    }
    keys.set(id, {
      id,
      controller: did,
      multibase: String(method.publicKeyMultibase),
      asserts: purposes.has(id),
      expires: method.expires,
      revoked: method.revoked,
      revokedFromLogSize: method[REVOKED_FROM],
    });
  }
  return keys;
}

// Members sorted, so that storing the document elsewhere keeps the digest.
export async function documentDigest(didDocument) {
  return hex(await sha256(utf8(JSON.stringify(sorted(didDocument)))));
}

function sorted(value) {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
  }
  return value;
}

// All keys that are believed here, with where each party's came from.
export class KeyRing {
  #parties = new Map();
  #archived = new Set();

  // archived: the parties of which the file brings keys that a log kept.
  static async from({ bundled, trust, published, remembered, archived }) {
    const ring = new KeyRing();
    ring.#archived = archived;
    for (const did of new Set([...Object.keys(bundled), ...Object.keys(published ?? {})])) {
      ring.#parties.set(did, await partyFrom(did, { bundled, trust, published, remembered }));
    }
    for (const did of Object.keys(trust?.dids ?? {})) {
      if (!ring.#parties.has(did)) {
        ring.#parties.set(did, await partyFrom(did, { bundled, trust, published, remembered }));
      }
    }
    return ring;
  }

  get parties() {
    return [...this.#parties.values()];
  }

  party(did) {
    return this.#parties.get(did);
  }

  resolve(method) {
    const did = String(method).split("#")[0];
    const party = this.#parties.get(did);
    if (party === undefined) {
      throw new Refusal("key-unknown", `nobody vouches for ${did}, who is said to have signed`);
    }
    if (party.problem) {
      throw party.problem;
    }
    const key = party.keys.get(method);
    if (key === undefined && this.#archived.has(did)) {
      throw new Refusal("key-unknown", `the key ${method} is not one of those that ${did} has now; the file brings earlier ones, but ${ASK_THE_PROGRAM}`);
    }
    if (key === undefined) {
      throw party.source.kind === "remembered"
        ? new Refusal("key-unknown", `this device has not seen the key ${method}; check once with network`)
        : new Refusal("key-unknown", `${did} publishes no key ${method}`);
    }
    return key;
  }
}

async function partyFrom(did, { bundled, trust, published, remembered }) {
  const { document, source } = await choose(did, { bundled, trust, published, remembered });
  const party = { did, source, keys: new Map(), problem: null };
  if (source.kind === "trust-file" && document?.history === true) {
    party.problem = new Refusal("key-unknown", `your trust file takes the keys of ${did} from the log, but ${ASK_THE_PROGRAM}`);
    return party;
  }
  if (document === null) {
    party.problem = new Refusal("key-unknown", `nobody you trust vouches for ${did}`);
    return party;
  }
  try {
    party.keys = readKeys(did, document);
  } catch (error) {
    party.problem = error;
    return party;
  }
  const known = remembered?.dids?.[did];
  for (const [id, multibase] of trust ? [] : Object.entries(known?.keys ?? {})) {
    const now = party.keys.get(id);
    if (now !== undefined && now.multibase !== multibase) {
      party.problem = forged(
        "key-changed",
        `the key ${id} is another one than this device remembers since ${known.since}; a key never changes under its name`,
      );
    }
  }
  if (source.kind === "bundle" && known !== undefined) {
    // What the file says of a key's end is evidence; which keys there are is not its to say.
    for (const id of [...party.keys.keys()]) {
      if (!(id in known.keys)) {
        party.keys.delete(id);
      }
    }
    party.source = { kind: "remembered", since: known.since, from: known.from };
  }
  return party;
}

async function choose(did, { bundled, trust, published }) {
  if (trust) {
    const entry = trust.dids?.[did];
    const source = { kind: "trust-file" };
    if (entry?.sha256 === undefined) {
      return { document: entry ?? null, source };
    }
    const matches = bundled[did] !== undefined && (await documentDigest(bundled[did])) === entry.sha256;
    return { document: matches ? bundled[did] : null, source };
  }
  if (published?.[did] !== undefined) {
    return { document: published[did].document, source: { kind: "published", from: published[did].from } };
  }
  return { document: bundled[did] ?? null, source: { kind: "bundle" } };
}
