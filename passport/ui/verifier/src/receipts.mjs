// Receipts of the log: from one entry to a signed checkpoint.
//
// Sources: C2SP tlog-proof, tlog-checkpoint and signed-note; RFC 6962, section 2.1; RFC 9162, 2.1.3.2.

import { encode as encodeBase58 } from "base58-universal";
import { equal, fromBase64, joined, sha256, utf8 } from "./encoding.mjs";
import { verifyEd25519 } from "./proofs.mjs";
import { Refusal, forged } from "./refusal.mjs";

const HEADER = "c2sp.org/tlog-proof@v1";
const LONGEST = 100_000;
const HASH_BYTES = 32;
const KEY_ID_BYTES = 4;
const ED25519 = 1;
const ED25519_MULTIKEY = Uint8Array.of(0xed, 0x01);
const NUMBER = /^(?:0|[1-9]\d{0,14})$/;

const malformed = (what) => forged("receipt-malformed", `the receipt ${what}`);

// Read a verifier key `name+id+base64`.
export async function parseNoteKey(text, kind = ED25519) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const bytes = decoded(encoded ?? "");
  if (name === undefined || bytes.length !== HASH_BYTES + 1 || bytes[0] !== kind) {
    throw new Refusal("log-key", `${text} is no key of its kind`);
  }
  const digest = await sha256(joined(utf8(`${name}\n`), bytes));
  const keyId = digest.slice(0, KEY_ID_BYTES);
  const expected = Array.from(keyId, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (expected !== id) {
    throw new Refusal("log-key", `the id of ${text} is another key's`);
  }
  return { name, keyId, publicKey: bytes.slice(1), text };
}

// Check a receipt; returns the checkpoint it leads to and the place of the entry.
export async function verifyReceipt(text, entry, logs) {
  const { index, path, note } = parseReceipt(text);
  const checkpoint = await verifyCheckpoint(note, logs);
  const root = await rootOf(entry, index, checkpoint.size, path);
  if (!equal(root, checkpoint.root)) {
    throw forged("receipt-entry-mismatch", `the receipt for place ${index} belongs to another entry`);
  }
  return { ...checkpoint, index, note };
}

function parseReceipt(text) {
  if (typeof text !== "string" || text.length > LONGEST) {
    throw malformed("is no text, or too long");
  }
  const [head, ...rest] = text.split("\n\n");
  const [header, ...lines] = head.split("\n");
  if (lines[0]?.startsWith("extra ")) {
    lines.shift();
  }
  const [, index] = /^index (\d+)$/.exec(lines[0] ?? "") ?? [];
  if (header !== HEADER || rest.length === 0 || index === undefined || !NUMBER.test(index)) {
    throw malformed(`does not begin with ${HEADER} and an index, or is cut off`);
  }
  return { index: Number(index), path: lines.slice(1).map(hashFrom), note: rest.join("\n\n") };
}

export function splitNote(note) {
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) {
    throw malformed("has a checkpoint without signature, or is cut off");
  }
  const signatures = note.slice(split + 2, -1).split("\n").map((line) => {
    const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const signature = decoded(encoded ?? "");
    if (name === undefined || signature.length <= KEY_ID_BYTES) {
      throw malformed("has a line that is no signature");
    }
    return { name, keyId: signature.slice(0, KEY_ID_BYTES), signature: signature.slice(KEY_ID_BYTES) };
  });
  return { body: note.slice(0, split + 1), signatures };
}

async function verifyCheckpoint(note, logs) {
  const { body, signatures } = splitNote(note);
  const [origin, size, root, ...others] = body.slice(0, -1).split("\n");
  if (!origin || !NUMBER.test(size ?? "") || !root || others.includes("")) {
    throw malformed("has no checkpoint with origin, size and root");
  }
  const checkpoint = { origin, size: Number(size), root: hashFrom(root) };
  for (const { name, keyId, signature } of signatures) {
    const log = logs.find((one) => one.origin === origin && one.key.name === name && equal(one.key.keyId, keyId));
    if (log !== undefined) {
      if (!(await verifyEd25519(multikey(log.key), signature, utf8(body)))) {
        throw forged("checkpoint-forged", `${name} did not sign this checkpoint`);
      }
      return { ...checkpoint, log };
    }
  }
  throw new Refusal("unknown-log", `no log whose key is known here signed the checkpoint of ${origin}`);
}

export const multikey = ({ publicKey }) => `z${encodeBase58(joined(ED25519_MULTIKEY, publicKey))}`;

// Walk from a leaf to the root.
async function rootOf(entry, index, size, path) {
  if (index >= size) {
    throw forged("receipt-path-broken", `place ${index} in a log of ${size} entries`);
  }
  let hash = await sha256(joined(Uint8Array.of(0), entry));
  let place = index;
  let last = size - 1;
  for (const beside of path) {
    if (last === 0) {
      throw forged("receipt-path-broken", "the receipt has more hashes than its place needs");
    }
    if (place % 2 === 1 || place === last) {
      hash = await sha256(joined(Uint8Array.of(1), beside, hash));
      while (place % 2 === 0 && place !== 0) {
        place /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = await sha256(joined(Uint8Array.of(1), hash, beside));
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) {
    throw forged("receipt-path-broken", "the receipt has fewer hashes than its place needs: it is cut off");
  }
  return hash;
}

function hashFrom(text) {
  const bytes = decoded(text);
  if (bytes.length !== HASH_BYTES) {
    throw malformed("has a line that is no hash");
  }
  return bytes;
}

function decoded(text) {
  try {
    return fromBase64(text);
  } catch {
    return new Uint8Array();
  }
}

