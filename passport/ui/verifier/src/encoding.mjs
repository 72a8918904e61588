// Bytes and their texts; each text has one way to be written.

const BASE64URL = /^[A-Za-z0-9_-]*$/;

export const utf8 = (text) => new TextEncoder().encode(text);

export const fromUtf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

export function fromBase64(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (toBase64(bytes) !== text) {
    throw new Error("another writing of base64");
  }
  return bytes;
}

export function fromBase64url(text) {
  if (typeof text !== "string" || !BASE64URL.test(text)) {
    throw new Error("no base64url");
  }
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
}

export function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

export const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
