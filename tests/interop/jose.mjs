// The package `jose` behind standard input and output: one JSON line in, one out.
//
//   {"do": "sign", "payload": .., "header": .., "jwk": ..}  -> {"token": ..}
//   {"do": "verify", "token": .., "jwk": .., "alg": ..}     -> {"payload": .., "header": ..}

import {createInterface} from 'node:readline';
import {CompactSign, compactVerify, importJWK} from 'jose';

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
