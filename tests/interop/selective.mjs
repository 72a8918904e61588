// ecdsa-sd-2023 by Digital Bazaar behind standard input and output: one JSON line in, one out.
//
//   {"do": "know", "documents": {address: document}}                contexts and DID documents
//   {"do": "base", "credential": .., "key": .., "mandatory": [..]}  -> {"credential": .., "cpu_us": ..}
//   {"do": "derive", "credential": .., "selective": [..]}           -> {"credential": .., "cpu_us": ..}
//   {"do": "verify", "credential": ..}                              -> {"verified": .., "errors": .., "cpu_us": ..}
//
// `key` is a Multikey with `secretKeyMultibase`. `cpu_us` is the CPU time of one of `count` calls.
// Nothing is fetched: an address that is not known is an error.

import {createInterface} from 'node:readline';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {
  createDiscloseCryptosuite, createSignCryptosuite, createVerifyCryptosuite
} from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {defaultDocumentLoader, derive, issue, verifyCredential} from '@digitalbazaar/vc';

const known = new Map();

async function documentLoader(address) {
  if(known.has(address)) {
    return {contextUrl: null, documentUrl: address, document: known.get(address)};
  }
  const [did] = address.split('#');
  if(known.has(did) && did !== address) {
    const method = known.get(did).verificationMethod.find(each => each.id === address);
    if(!method) {
      throw new Error(`${address} is not in the DID document`);
    }
    const document = {'@context': 'https://w3id.org/security/multikey/v1', ...method};
    return {contextUrl: null, documentUrl: address, document};
  }
  return defaultDocumentLoader(address);
}

async function timed(count, work) {
  const start = process.cpuUsage();
  let last;
  for(let i = 0; i < count; i++) {
    last = await work();
  }
  const {user, system} = process.cpuUsage(start);
  return {last, cpu_us: (user + system) / count};
}

const operations = {
  know({documents}) {
    for(const [address, document] of Object.entries(documents)) {
      known.set(address, document);
    }
    return {known: known.size};
  },
  async base({credential, key, mandatory, created, count = 1}) {
    const pair = await EcdsaMultikey.from(key);
    const {last, cpu_us} = await timed(count, () => issue({
      credential: structuredClone(credential),
      suite: new DataIntegrityProof({
        signer: pair.signer(),
        cryptosuite: createSignCryptosuite({mandatoryPointers: mandatory}),
        date: created
      }),
      documentLoader
    }));
    return {credential: last, cpu_us};
  },
  async derive({credential, selective, count = 1}) {
    const {last, cpu_us} = await timed(count, () => derive({
      verifiableCredential: structuredClone(credential),
      suite: new DataIntegrityProof({
        cryptosuite: createDiscloseCryptosuite({selectivePointers: selective})
      }),
      documentLoader
    }));
    return {credential: last, cpu_us};
  },
  async verify({credential, now, count = 1}) {
    const {last, cpu_us} = await timed(count, () => verifyCredential({
      credential,
      suite: new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()}),
      documentLoader,
      now: now ? new Date(now) : undefined,
      // The status list is checked by those who fetch it; here the proof is.
      checkStatus: () => ({verified: true})
    }));
    return {verified: last.verified, errors: errorsOf(last), cpu_us};
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
