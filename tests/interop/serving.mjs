// What the scripts of this folder share: questions on standard input, documents that are known.
//
// A question is one JSON line {"do": operation, ...}, its answer one JSON line; an operation that
// throws is answered {"error": message}. Nothing is fetched: an unknown address is an error.

import {createInterface} from 'node:readline';
import {defaultDocumentLoader} from '@digitalbazaar/vc';

const known = new Map();

export function know({documents}) {
  for(const [address, document] of Object.entries(documents)) {
    known.set(address, document);
  }
  return {known: known.size};
}

export async function documentLoader(address) {
  if(known.has(address)) {
    return {contextUrl: null, documentUrl: address, document: known.get(address)};
  }
  const [did] = address.split('#');
  if(known.has(did) && did !== address) {
    return {contextUrl: null, documentUrl: address, document: methodOf(known.get(did), address)};
  }
  return defaultDocumentLoader(address);
}

function methodOf(didDocument, address) {
  const methods = [...didDocument.verificationMethod ?? [], ...didDocument.assertionMethod ?? []];
  const method = methods.find(candidate => candidate.id === address);
  if(!method) {
    throw new Error(`${address} is not in the DID document`);
  }
  return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
}

export function errorsOf({error}) {
  const errors = error?.errors ?? (error ? [error] : []);
  return errors.map(each => [each.message, each.cause?.message].filter(Boolean).join(': '));
}

// Calls something `count` times: its last answer, and the CPU time of one call [us].
export async function timed(count, work) {
  const start = process.cpuUsage();
  let last;
  for(let i = 0; i < count; i++) {
    last = await work();
  }
  const {user, system} = process.cpuUsage(start);
  return {last, cpu_us: (user + system) / count};
}

export async function serve(operations) {
  for await (const line of createInterface({input: process.stdin})) {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = await operations[request.do](request);
    } catch(error) {
      answer = {error: error.message};
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}
