// Status lists: what its issuer withdrew, suspended or corrected.
//
// Source: W3C Recommendation Bitstring Status List 1.0.

import { fromBase64url } from "./encoding.mjs";
import { Refusal } from "./refusal.mjs";

const LARGEST_BYTES = 2 * 1024 * 1024;
const SMALLEST_BITS = 131_072;
const PLACE = /^(?:0|[1-9]\d{0,8})$/;

const unreadable = (what) => new Refusal("status-list", what);

export function listAddress(entry) {
  if (entry?.type !== "BitstringStatusListEntry" || typeof entry.statusListCredential !== "string") {
    throw unreadable("it names a list of a kind that is not read here");
  }
  return entry.statusListCredential;
}

// Tell whether the bit of an entry is set on a list whose proof has been checked.
export async function isSet(entry, list) {
  const address = listAddress(entry);
  const subject = list.credentialSubject;
  if (list.id !== address || subject?.type !== "BitstringStatusList") {
    throw unreadable(`${list.id} is not the list ${address}`);
  }
  const purposes = Array.isArray(subject.statusPurpose) ? subject.statusPurpose : [subject.statusPurpose];
  if (!purposes.includes(entry.statusPurpose)) {
    throw unreadable(`the list ${address} is not for ${entry.statusPurpose}`);
  }
  if (![undefined, 1, "1"].includes(entry.statusSize)) {
    throw unreadable(`entries of ${entry.statusSize} bits are not read here`);
  }
  const place = String(entry.statusListIndex);
  const bits = await inflated(subject.encodedList);
  if (!PLACE.test(place) || Number(place) >= bits.length * 8) {
    throw unreadable(`place ${place} is outside the list ${address}`);
  }
  return (bits[Math.floor(Number(place) / 8)] & (0x80 >> Number(place) % 8)) !== 0;
}

// A few kilobytes of gzip can hold gigabytes: stop where a list becomes too large.
async function inflated(encodedList) {
  if (typeof encodedList !== "string" || !encodedList.startsWith("u")) {
    throw unreadable("a list is not written in multibase");
  }
  const parts = [];
  let length = 0;
  try {
    const packed = new Blob([fromBase64url(encodedList.slice(1))]);
    const reader = packed.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      parts.push(value);
      length += value.length;
      if (length > LARGEST_BYTES) {
        await reader.cancel();
        throw new Error("too large");
      }
    }
  } catch (error) {
    throw unreadable(`a list cannot be unpacked: ${error.message}`);
  }
  if (length * 8 < SMALLEST_BITS) {
    throw unreadable(`a list of ${length * 8} bits is too short to hide in`);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
