// The one file that holds a record with all it takes to check it.

import { fromBase64url } from "./encoding.mjs";
import { parseDocument, sameJson } from "./json.mjs";
import { LARGEST_RECORD } from "./limits.mjs";
import { Refusal } from "./refusal.mjs";

const FORMAT = "open-battery-passport-bundle/1";
const MOST_STATEMENTS = 2000;
const PRESENTATION_MEMBERS = ["@context", "type", "verifiableCredential"];

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

export function readBundle(bytes) {
  if (bytes.length > LARGEST_RECORD) {
    throw new Refusal("malformed-bundle", "the file is too large");
  }
  const document = parseDocument(bytes);
  if (document.format !== FORMAT) {
    throw new Refusal("malformed-bundle", "this is no record with everything to check it; download that one");
  }
  const { presentation, statements, didDocuments, statusLists, receipts } = document;
  const isShaped = [statements, statusLists].every(Array.isArray)
    && [presentation, didDocuments, receipts].every(isObject)
    && statements.length > 0 && statements.length <= MOST_STATEMENTS;
  if (!isShaped) {
    throw new Refusal("malformed-bundle", "the file holds no statement, or has another form than expected");
  }
  const bundle = {
    statements: statements.map(bytesOf),
    statusLists: statusLists.map(bytesOf),
    didDocuments,
    receipts,
    archivedDids: new Set(isObject(document.didHistory) ? Object.keys(document.didHistory) : []),
  };
  requireSamePresentation(presentation, bundle.statements);
  return bundle;
}

function bytesOf(text) {
  try {
    return fromBase64url(text);
  } catch (error) {
    throw new Refusal("malformed-bundle", `a part of the file is cut off or garbled: ${error.message}`);
  }
}

// What programs show from the file must be what was signed.
function requireSamePresentation(presentation, statements) {
  const unsigned = Object.keys(presentation).filter((name) => !PRESENTATION_MEMBERS.includes(name));
  if (unsigned.length > 0) {
    throw new Refusal("unsigned-member", `the file itself says ${unsigned.join(", ")}, which nobody signed`, "forged");
  }
  const { verifiableCredential } = presentation;
  const shown = Array.isArray(verifiableCredential) ? verifiableCredential : [verifiableCredential];
  if (!sameJson(shown, statements.map(parseDocument))) {
    throw new Refusal("malformed-bundle", "the file shows other statements than those that were signed", "forged");
  }
}
