// The Node packages of Digital Bazaar behind standard input and output: one JSON line in, one out.
//
//   {"do": "know", "documents": {address: document}}         what it may read: contexts, DIDs, lists
//   {"do": "sign", "credential": .., "key": .., "count": n}  -> {"credential": .., "cpu_us": ..}
//   {"do": "verify", "credential": .., "count": n}           -> {"verified": .., "errors": .., "cpu_us": ..}
//   {"do": "present", "presentation": .., "key": .., "domain": .., "challenge": ..}
//                                                            -> {"presentation": ..}
//   {"do": "check_presentation", "presentation": .., "domain": .., "challenge": ..}
//                                                            -> {"verified": .., "errors": ..}
//   {"do": "list", "id": .., "length": n, "set": [indexes]}  -> {"credential": status list, unsigned}
//   {"do": "status", "credential": ..}                       -> {"verified": .., "statuses": [bits]}
//   {"do": "canonize", "document": ..}                       -> {"canonical": N-Quads}
//
// `suite` names the cryptosuite (eddsa-rdfc-2022 where it is left out), `key` is a Multikey with
// `secretKeyMultibase`. `cpu_us` is the CPU time of one of `count` calls. Nothing is fetched: an
// address that is not known is an error.

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {
  issue, signPresentation, verify, verifyCredential
} from '@digitalbazaar/vc';
import {checkStatus, createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import jsonld from 'jsonld';
import {documentLoader, errorsOf, know, serve, timed} from './serving.mjs';

const suites = {
  'eddsa-rdfc-2022': {Multikey: Ed25519Multikey, cryptosuite: eddsaRdfc2022},
  'ecdsa-rdfc-2019': {Multikey: EcdsaMultikey, cryptosuite: ecdsaRdfc2019}
};

// The suite as a function: a proof object that has signed once is not used again.
async function signerOf({suite = 'eddsa-rdfc-2022', key, created}) {
  const {Multikey, cryptosuite} = suites[suite];
  const pair = await Multikey.from(key);
  return () => new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: created});
}

function verifierOf({suite = 'eddsa-rdfc-2022'}) {
  return new DataIntegrityProof({cryptosuite: suites[suite].cryptosuite});
}

function dateOf({now}) {
  return now ? new Date(now) : undefined;
}

// The status list is checked by those who fetch it; here the proof is.
const noStatus = () => ({verified: true});

const operations = {
  know,
  async sign({credential, count = 1, ...request}) {
    const newSuite = await signerOf(request);
    const {last, cpu_us} = await timed(count, () => issue({
      credential: structuredClone(credential), suite: newSuite(), documentLoader
    }));
    return {credential: last, cpu_us};
  },
  async verify({credential, count = 1, ...request}) {
    const {last, cpu_us} = await timed(count, () => verifyCredential({
      credential,
      suite: verifierOf(request),
      documentLoader,
      now: dateOf(request),
      checkStatus: noStatus
    }));
    return {verified: last.verified, errors: errorsOf(last), cpu_us};
  },
  async present({presentation, domain, challenge, ...request}) {
    const newSuite = await signerOf(request);
    return {
      presentation: await signPresentation({
        presentation, suite: newSuite(), domain, challenge, documentLoader
      })
    };
  },
  async check_presentation({presentation, domain, challenge, ...request}) {
    // The holder and the issuers of what is presented may sign in different suites.
    const result = await verify({
      presentation,
      suite: Object.keys(suites).map(suite => verifierOf({suite})),
      domain,
      challenge,
      documentLoader,
      now: dateOf(request),
      checkStatus: noStatus
    });
    return {verified: result.verified, errors: errorsOf(result)};
  },
  async list({id, length, set}) {
    const list = await createList({length});
    for(const index of set) {
      list.setStatus(index, true);
    }
    return {credential: await createCredential({id, list, statusPurpose: 'revocation'})};
  },
  async status({credential, ...request}) {
    const result = await checkStatus({credential, suite: verifierOf(request), documentLoader});
    return {
      verified: result.verified,
      errors: errorsOf(result),
      statuses: (result.results ?? []).map(({status}) => status)
    };
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

await serve(operations);
