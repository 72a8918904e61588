// The Node packages of Digital Bazaar behind standard input and output: one JSON line in, one out.
//
//   {"do": "know", "documents": {address: document}}         contexts and DID documents it may read
//   {"do": "sign", "credential": .., "key": .., "count": n}  -> {"credential": .., "cpu_us": ..}
//   {"do": "verify", "credential": .., "count": n}           -> {"verified": .., "errors": .., "cpu_us": ..}
//   {"do": "canonize", "document": ..}                       -> {"canonical": N-Quads}
//
// `key` is a Multikey with `secretKeyMultibase`. `cpu_us` is the CPU time of one of `count` calls.
// Nothing is fetched: an address that is not known is an error.

import {createInterface} from 'node:readline';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {defaultDocumentLoader, issue, verifyCredential} from '@digitalbazaar/vc';
import jsonld from 'jsonld';

const known = new Map();

async function documentLoader(address) {
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

async function timed(count, work) {
  const start = process.cpuUsage();
  let last;
  for(let i = 0; i < count; i++) {
    last = await work();
  }
  const {user, system} = process.cpuUsage(start);
  return {last, cpuMicroseconds: (user + system) / count};
}

const operations = {
  know({documents}) {
    for(const [address, document] of Object.entries(documents)) {
      known.set(address, document);
    }
    return {known: known.size};
  },
  async sign({credential, key, created, count = 1}) {
    const pair = await Ed25519Multikey.from(key);
    const {last, cpuMicroseconds} = await timed(count, () => {
      const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: created});
      return issue({credential: structuredClone(credential), suite, documentLoader});
    });
    return {credential: last, cpu_us: cpuMicroseconds};
  },
  async verify({credential, now, count = 1}) {
    const {last, cpuMicroseconds} = await timed(count, () => verifyCredential({
      credential,
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader,
      now: now ? new Date(now) : undefined,
      // The status list is checked by those who fetch it; here the proof is.
      checkStatus: () => ({verified: true})
    }));
    return {verified: last.verified, errors: errorsOf(last), cpu_us: cpuMicroseconds};
  },
  async canonize({document}) {
    const canonical = await jsonld.canonize(document, {
      algorithm: 'RDFC-1.0',
      format: 'application/n-quads',
      documentLoader,
      safe: true
    });
    return {canonical};
  }
};

function errorsOf({error}) {
  const errors = error?.errors ?? (error ? [error] : []);
  return errors.map(each => [each.message, each.cause?.message].filter(Boolean).join(': '));
}

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
