// Signatures: checked by packages of others, unmodified. Here stands only what they are asked.

import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as Ed25519Multikey from "@digitalbazaar/ed25519-multikey";
import { cryptosuite as ecdsa } from "@digitalbazaar/ecdsa-rdfc-2019-cryptosuite";
import { cryptosuite as eddsa } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { verifyCredential } from "@digitalbazaar/vc";
import { CONTEXTS } from "./contexts.mjs";
import { parseInstant } from "./instants.mjs";
import { Refusal, forged } from "./refusal.mjs";

const SUITES = { "eddsa-rdfc-2022": eddsa, "ecdsa-rdfc-2019": ecdsa };
const MOST_PROOFS = 8;
const ED25519_BYTES = 64;
const CLOCKS_DIFFER_BY_MS = 5 * 60 * 1000;

const asList = (value) => (Array.isArray(value) ? value : [value]);

// Check every proof of a credential against keys of the ring; returns proofs with their keys.
export async function verifyProofs(credential, { ring, at, name }) {
  const proofs = asList(credential.proof ?? []);
  if (proofs.length === 0 || proofs.length > MOST_PROOFS) {
    throw forged("proof-missing", `${name} carries ${proofs.length} proofs`);
  }
  const verified = proofs.map((proof) => {
    requireMembers(proof, at);
    const key = ring.resolve(proof.verificationMethod);
    return { key, created: proof.created === undefined ? null : parseInstant(proof.created) };
  });
  const names = [...new Set(proofs.map((proof) => proof.cryptosuite))];
  const answer = await verifyCredential({
    credential,
    suite: names.map((name) => new DataIntegrityProof({ cryptosuite: SUITES[name] })),
    documentLoader: (address) => load(address, ring),
    now: withinValidity(credential, at), // when it holds is judged, and said, by itself
    checkStatus: () => ({ verified: true }), // the lists are read beside the proofs
  });
  const results = answer.results ?? [];
  if (!answer.verified || results.length !== proofs.length || !results.every((one) => one.verified)) {
    throw forged("proof-invalid", `${name}: it was changed after it was signed, or signed with another key (${reasonOf(answer)})`);
  }
  return verified;
}

function requireMembers(proof, at) {
  if (proof?.type !== "DataIntegrityProof" || !Object.hasOwn(SUITES, proof.cryptosuite)) {
    throw new Refusal("cryptosuite-unknown", `a proof of the suite ${proof?.cryptosuite} is not checked here`);
  }
  if (proof.proofPurpose !== "assertionMethod") {
    throw forged("proof-purpose", `the proof was made for ${proof.proofPurpose}, not to assert`);
  }
  if (proof.expires !== undefined && parseInstant(proof.expires) <= at) {
    throw forged("proof-expired", `the proof ended at ${proof.expires}`);
  }
  if (proof.created !== undefined && parseInstant(proof.created) - at > CLOCKS_DIFFER_BY_MS) {
    throw forged("proof-malformed", `the proof says it was made at ${proof.created}, which is to come`);
  }
}

async function load(address, ring) {
  const document = CONTEXTS.get(address) ?? controlled(address, ring);
  return { contextUrl: null, documentUrl: address, document };
}

// A key, or the party that vouches for it, in the words the packages expect.
function controlled(address, ring) {
  const did = address.split("#")[0];
  if (did !== address) {
    const { id, controller, multibase } = ring.resolve(address);
    return {
      "@context": "https://w3id.org/security/multikey/v1",
      id,
      type: "Multikey",
      controller,
      publicKeyMultibase: multibase,
    };
  }
  const party = ring.party(did);
  if (party === undefined) {
    throw new Refusal("unknown-context", `${address} is not known here, and nothing is fetched`);
  }
  const asserting = [...party.keys.values()].filter((key) => key.asserts).map((key) => key.id);
  return { "@context": ["https://www.w3.org/ns/did/v1"], id: did, assertionMethod: asserting };
}

function withinValidity(credential, at) {
  const until = credential.validUntil === undefined ? Infinity : parseInstant(credential.validUntil).getTime();
  const from = credential.validFrom === undefined ? -Infinity : parseInstant(credential.validFrom).getTime();
  return new Date(Math.max(from, Math.min(until, at.getTime())));
}

function reasonOf({ error }) {
  const reasons = error?.errors ?? (error ? [error] : []);
  const said = reasons.map((one) => one.cause?.message ?? one.message).filter(Boolean);
  return said.length ? said.join("; ") : "not every proof of it was checked";
}

// Check an Ed25519 signature of a raw public key, as the log makes them.
export async function verifyEd25519(publicKeyMultibase, signature, data) {
  const key = await Ed25519Multikey.from({ type: "Multikey", publicKeyMultibase });
  return signature.length === ED25519_BYTES && key.verifier().verify({ data, signature });
}

// Whether a key may have made a proof: not after its routine end, nor after it was stolen.
// With several logs nobody knows whose sizes those of the party are; which one it was stays open.
export function requireKeyHeld({ key, created }, { logIndex, isOnlyLog = true, verdict = "forged" }) {
  if (key.expires !== undefined && (created === null || created > parseInstant(key.expires))) {
    throw new Refusal("key-expired", `the key ${key.id} had ended at ${key.expires}`, verdict);
  }
  if (key.revoked === undefined) {
    return;
  }
  // The thief chooses the date in a proof; the place in the log was given before the theft.
  const first = Number(key.revokedFromLogSize);
  if (logIndex !== null && !isOnlyLog) {
    throw new Refusal(
      "log-not-the-only-one",
      `the key ${key.id} was declared stolen at ${key.revoked}, and what was in the log before can be told only where one log alone is believed`,
    );
  }
  if (!Number.isSafeInteger(first) || logIndex === null || logIndex >= first) {
    throw new Refusal(
      "key-revoked",
      `the key ${key.id} was declared stolen at ${key.revoked}, and nothing shows that it signed this before`,
      verdict,
    );
  }
}
