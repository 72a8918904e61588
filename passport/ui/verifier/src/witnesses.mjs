// Witnesses: third parties that saw the same log, as far as a trust file asks for them.
//
// Source: C2SP tlog-cosignature (Ed25519, cosignature/v1).

import { equal, utf8 } from "./encoding.mjs";
import { verifyEd25519 } from "./proofs.mjs";
import { multikey, parseNoteKey, splitNote } from "./receipts.mjs";
import { Refusal, forged } from "./refusal.mjs";

const COSIGNATURE = 4;
const TIME_BYTES = 8;
const COSIGNATURE_BYTES = TIME_BYTES + 64;

export async function requireWitnesses(note, { witnesses = [], witnessQuorum = 1 }) {
  if (witnesses.length === 0) {
    return;
  }
  const { body, signatures } = splitNote(note);
  let seen = 0;
  for (const { key: text } of witnesses) {
    const key = await parseNoteKey(text, COSIGNATURE);
    const line = signatures.find((one) => one.name === key.name && equal(one.keyId, key.keyId));
    if (line !== undefined) {
      if (line.signature.length !== COSIGNATURE_BYTES || !(await holds(key, line.signature, body))) {
        throw forged("cosignature-forged", `the witness ${key.name} did not sign this state of the log`);
      }
      seen += 1;
    }
  }
  if (seen < witnessQuorum) {
    throw new Refusal("witnesses-missing", `only ${seen} of the ${witnessQuorum} witnesses you ask for saw this state of the log`);
  }
}

function holds(key, signature, body) {
  const seconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  return verifyEd25519(multikey(key), signature.slice(TIME_BYTES), utf8(`cosignature/v1\ntime ${seconds}\n${body}`));
}
