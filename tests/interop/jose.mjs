// The package `jose` behind standard input and output: one JSON line in, one out.
//
//   {"do": "sign", "payload": .., "header": .., "jwk": ..}  -> {"token": ..}
//   {"do": "verify", "token": .., "jwk": .., "alg": ..}     -> {"payload": .., "header": ..}

import {CompactSign, compactVerify, importJWK} from 'jose';
import {serve} from './serving.mjs';

const operations = {
  async sign({payload, header, jwk}) {
    const key = await importJWK(jwk, header.alg);
    const bytes = new TextEncoder().encode(JSON.stringify(payload));
    return {token: await new CompactSign(bytes).setProtectedHeader(header).sign(key)};
  },
  async verify({token, jwk, alg}) {
    const key = await importJWK(jwk, alg);
    const {payload, protectedHeader} = await compactVerify(token, key, {algorithms: [alg]});
    return {payload: JSON.parse(new TextDecoder().decode(payload)), header: protectedHeader};
  }
};

await serve(operations);
