// JSON with one reading: no name twice, no null, no number that two programs read differently.

import { fromUtf8 } from "./encoding.mjs";
import { Refusal } from "./refusal.mjs";

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?/gs;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const DEEPEST = 32;

export function parseDocument(bytes) {
  let text;
  let value;
  try {
    text = fromUtf8(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new Refusal("malformed-document", `it is no JSON: ${error.message}`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Refusal("malformed-document", "it is no JSON object");
  }
  // What the parser made of a name that stands twice is one member; in the text they are two.
  let written = 0;
  for (const [, colon] of text.matchAll(TOKEN)) {
    written += colon === undefined ? 0 : 1;
  }
  if (written !== countMembers(value, 1)) {
    throw new Refusal("malformed-document", "a name stands in it twice");
  }
  return value;
}

function countMembers(value, depth) {
  if (depth > DEEPEST) {
    throw new Refusal("malformed-document", "it is nested too deep");
  }
  if (Array.isArray(value)) {
    return value.reduce((sum, one) => sum + countMembers(one, depth + 1), 0);
  }
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value);
    return names.reduce((sum, name) => sum + countMembers(value[name], depth + 1), names.length);
  }
  return 0;
}

export function requireOneReading(value, place = "") {
  if (value === null) {
    throw new Refusal("malformed-document", `null at ${place}`);
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new Refusal("malformed-document", `a number at ${place} that programs read differently`);
  }
  if (typeof value === "string" && (hasControl(value) || LONE_SURROGATE.test(value))) {
    throw new Refusal("malformed-document", `a control character at ${place}`);
  }
  if (typeof value === "object") {
    for (const [name, one] of Object.entries(value)) {
      if (name === "@context" && place !== "") {
        throw new Refusal("unexpected-context", `words are given another meaning at ${place}`);
      }
      requireOneReading(one, `${place}/${name}`);
    }
  }
}

function hasControl(text) {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) || code === 0x7f) {
      return true;
    }
  }
  return false;
}

export const sameJson = (one, other) => JSON.stringify(one) === JSON.stringify(other);
