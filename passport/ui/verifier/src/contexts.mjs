// The contexts whose words a record may use: built in, so that nothing is ever fetched.

import battery from "../../../../schemas/contexts/battery-1.0.0.jsonld";
import credentials from "../../../../schemas/contexts/credentials-v2.jsonld";

const CREDENTIALS = "https://www.w3.org/ns/credentials/v2";
const BATTERY = "https://w3id.org/open-battery-passport/contexts/battery/";
// The last version of the time before 1.0.0 has the same words; the build compares the files.
const BATTERY_VERSIONS = [`${BATTERY}1.0.0.jsonld`, `${BATTERY}0.1.0.jsonld`];

export const CONTEXTS = new Map([
  [CREDENTIALS, credentials],
  ...BATTERY_VERSIONS.map((address) => [address, battery]),
]);

// Whether a statement is written in the words of a battery passport, and in no others.
export function areStatementContexts(contexts) {
  return Array.isArray(contexts) && contexts.length === 2 && contexts[0] === CREDENTIALS
    && BATTERY_VERSIONS.includes(contexts[1]);
}

export function areListContexts(contexts) {
  return Array.isArray(contexts) && contexts.length === 1 && contexts[0] === CREDENTIALS;
}
