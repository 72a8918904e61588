// Who may state what: by role, by the company's GTINs, by its addresses, as far as a trust file says.

import { forged } from "./refusal.mjs";

const PLACERS = ["operator", "second-life"];
const ANSWERING = [...PLACERS, "collector", "recycler"];
const BY_MAKERS = ["ModelPublicStatement", "ModelRestrictedStatement", "ModelAuthorityStatement", "ProductionStatement"];
const BY_RECYCLERS = ["recycling-started", "recycled"];
// A state of health or an event may be somebody else's: a workshop's, a recycler's.
const BOUND_TO_PRODUCT = [...BY_MAKERS, "ItemPublicStatement", "ItemDeclaredStatement", "PassportIndex"];
const PRODUCT_PATH = /^\/(?:01\/\d{14}(?:\/21\/[^/]+)?|id\/[^/]+)$/;

export function* checkParties(statements, trust) {
  for (const statement of statements) {
    const { issuer, name } = statement;
    const found = [
      ["issuer-without-say", whyNotInRole(statement, trust.roles?.[issuer])],
      ["gtin-of-another-operator", whyNotItsGtin(statement, trust.gtinPrefixes?.[issuer])],
      ["host-not-of-operator", whyNotItsHost(statement, trust.hosts?.[issuer])],
    ];
    for (const [code, reason] of found) {
      if (reason) {
        yield forged(code, `${name}: ${reason}`);
      }
    }
  }
}

function whyNotInRole({ issuer, kind, subject }, roles) {
  const event = kind === "EventStatement" ? subject.eventKind : "";
  let allowed = ANSWERING;
  if (BY_MAKERS.includes(kind) || event === "succession") {
    allowed = PLACERS;
  } else if (BY_RECYCLERS.includes(event)) {
    allowed = ["recycler"];
  }
  return roles === undefined || roles.some((role) => allowed.includes(role))
    ? null
    : `${issuer} is ${roles.join(", ") || "nothing"}, no ${allowed.join(" or ")}, but says this`;
}

function whyNotItsGtin({ issuer, kind, subject }, prefixes) {
  if (prefixes === undefined || !BOUND_TO_PRODUCT.includes(kind)) {
    return null;
  }
  const path = /^https?:\/\/[^/]+([^?#]*)/.exec(subject.id)?.[1] ?? "";
  if (!PRODUCT_PATH.test(path)) {
    return `${subject.id} names no battery or model in the one way that is compared`;
  }
  // A name without GTIN belongs to no prefix, and is told apart by its host. A GTIN-14 with a digit
  // for the packing; the company's prefix comes after it.
  const product = path.startsWith("/01/") ? path.slice(5) : "";
  return product === "" || prefixes.some((prefix) => product.startsWith(prefix))
    ? null
    : `the number in ${path} is not one of ${issuer}, whose numbers begin with ${prefixes.join(", ")}`;
}

function whyNotItsHost({ issuer, kind, iri, subject, series }, hosts) {
  const addresses = BOUND_TO_PRODUCT.includes(kind) ? [iri, subject.id, series] : [iri];
  const strange = hosts === undefined ? undefined
    : addresses.find((address) => !hosts.some((host) => address.startsWith(`${host}/`)));
  return strange === undefined ? null : `${strange} is no address of ${issuer}, whose addresses begin with ${hosts.join(", ")}`;
}
