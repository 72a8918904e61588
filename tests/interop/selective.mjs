// ecdsa-sd-2023 by Digital Bazaar behind standard input and output: one JSON line in, one out.
//
//   {"do": "know", "documents": {address: document}}                contexts and DID documents
//   {"do": "base", "credential": .., "key": .., "mandatory": [..]}  -> {"credential": .., "cpu_us": ..}
//   {"do": "derive", "credential": .., "selective": [..]}           -> {"credential": .., "cpu_us": ..}
//   {"do": "verify", "credential": ..}                              -> {"verified": .., "errors": .., "cpu_us": ..}
//
// `key` is a Multikey with `secretKeyMultibase`. `cpu_us` is the CPU time of one of `count` calls.
// Nothing is fetched: an address that is not known is an error.

import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {
  createDiscloseCryptosuite, createSignCryptosuite, createVerifyCryptosuite
} from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {derive, issue, verifyCredential} from '@digitalbazaar/vc';
import {documentLoader, errorsOf, know, serve, timed} from './serving.mjs';

const operations = {
  know,
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

await serve(operations);
