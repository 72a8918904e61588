// did:web: names of parties that are places on the web.

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const SHAPE = /^did:web:([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?:%3A[0-9]{1,5})?)((?::[A-Za-z0-9._%-]+)*)$/i;

// Where a party publishes its keys, or null where its name is no such place.
export function documentAddress(did) {
  const [, host, path] = SHAPE.exec(did) ?? [];
  if (host === undefined) {
    return null;
  }
  const segments = path.split(":").slice(1);
  if (segments.some(leadsElsewhere)) {
    return null;
  }
  const netloc = decodeURIComponent(host);
  const scheme = LOOPBACK.includes(netloc.split(":")[0].toLowerCase()) ? "http" : "https";
  const address = `${scheme}://${netloc}/${segments.length ? segments.join("/") : ".well-known"}/did.json`;
  return URL.canParse(address) ? address : null; // a port may be too large for one
}

function leadsElsewhere(segment) {
  try {
    return [".", ".."].includes(decodeURIComponent(segment));
  } catch {
    return true; // what no percent sign encodes
  }
}

export function hostOf(did) {
  const address = documentAddress(did);
  return address === null ? did : new URL(address).host;
}
