// Instants as records write them: RFC 3339 with a zone.

import { Refusal } from "./refusal.mjs";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

export function parseInstant(text) {
  const instant = new Date(typeof text === "string" && INSTANT.test(text) ? text : NaN);
  if (Number.isNaN(instant.getTime())) {
    throw new Refusal("invalid-value", `${JSON.stringify(text)} is no instant with its zone`);
  }
  return instant;
}

export const instantText = (instant) => `${instant.toISOString().slice(0, 16).replace("T", " ")} UTC`;
