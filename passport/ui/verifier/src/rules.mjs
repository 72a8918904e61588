// What must agree between the statements of one record.
//
// Each may be genuine and the whole still a lie: put together from two batteries, with an old
// version, without what speaks against the seller, or said by somebody who has no say in it.

import { kindWords } from "./kinds.mjs";
import { Refusal, forged } from "./refusal.mjs";

const MODEL_KINDS = ["ModelPublicStatement", "ModelRestrictedStatement", "ModelAuthorityStatement", "ProductionStatement"];
const LISTED_KINDS = ["ItemPublicStatement", "ItemDeclaredStatement"];
const CHAINS = ["ConditionStatement", "EventStatement"];
const KINDS = ["PassportIndex", ...LISTED_KINDS, ...MODEL_KINDS, ...CHAINS];

export const INDEX = "PassportIndex";

export function kindOf(document) {
  const [first, kind, ...more] = Array.isArray(document.type) ? document.type : [];
  if (first !== "VerifiableCredential" || !KINDS.includes(kind) || more.length > 0) {
    throw new Refusal("statement-kind-unknown", `${document.type} is no statement of a battery passport`);
  }
  return kind;
}

const isOfModel = (statement) => MODEL_KINDS.includes(statement.kind);
const modelOf = ({ kind, subject }) =>
  (isOfModel({ kind }) && kind !== "ProductionStatement" ? subject.id : subject.batteryModel ?? "");

export function* checkOneBattery(statements) {
  const items = statements.filter((one) => !isOfModel(one));
  const battery = items[0]?.subject.id ?? "";
  const model = [...items, ...statements].map(modelOf).find((one) => one !== "") ?? "";
  for (const statement of statements) {
    const [about, expected, what] = isOfModel(statement)
      ? [modelOf(statement), model, "model"]
      : [statement.subject.id, battery, "battery"];
    if (about !== expected || !String(statement.series).startsWith(`${expected}#`)) {
      yield forged("statement-of-another-battery", `${statement.name} is about another ${what}: ${about}`);
    } else if (modelOf(statement) !== "" && modelOf(statement) !== model) {
      yield forged("statement-of-another-battery", `${statement.name} names another model: ${modelOf(statement)}`);
    }
  }
}

export function* checkVersions(statements) {
  for (const versions of bySeries(statements)) {
    versions.sort((one, other) => one.version - other.version);
    for (let at = 1; at < versions.length; at++) {
      yield* checkStep(versions[at - 1], versions[at]);
    }
  }
}

function* checkStep(older, newer) {
  if (older.version === newer.version) {
    if (older.digest !== newer.digest) {
      yield new Refusal("version-twice", `there are two different versions ${newer.version} of ${newer.series}`);
    }
    return;
  }
  const follows = newer.version === older.version + 1;
  if (follows && newer.document.previous !== older.digest) {
    yield forged("chain-broken", `${newer.name} does not continue the version before it`);
  }
  if (!CHAINS.includes(newer.kind)) {
    yield new Refusal("statement-superseded", `${older.name} was corrected: a newer version stands beside it`, "withdrawn");
  } else if (!follows) {
    yield new Refusal("statement-withheld", `${newer.name}: what stands between it and the one before was left out`);
  }
}

function bySeries(statements) {
  const found = new Map();
  for (const statement of statements) {
    found.set(statement.series, [...(found.get(statement.series) ?? []), statement]);
  }
  return found.values();
}

// Find what the index lists and the record withholds, and what the index hides.
export function* checkIndex(statements) {
  const indexes = statements.filter((one) => one.kind === INDEX);
  if (indexes.length === 0) {
    if (statements.some((one) => [...LISTED_KINDS, "ConditionStatement"].includes(one.kind))) {
      yield new Refusal("index-missing", "there is no genuine index, so nobody can tell what was left out");
    }
    return;
  }
  const digests = new Set(statements.map((one) => one.digest));
  const addresses = new Set(statements.map((one) => one.iri));
  const present = new Set(statements.map((one) => one.series));
  const listed = new Set();
  for (const { subject } of indexes) {
    for (const entry of subject.statements ?? []) {
      listed.add(entry.statementDigest);
      if (!digests.has(entry.statementDigest)) {
        yield addresses.has(entry.statement)
          ? forged("index-mismatch", `the index lists “${kindWords(entry.statementKind)}”, which is there with another content`)
          : new Refusal("statement-withheld", `the index lists “${kindWords(entry.statementKind)}”, which was left out`);
      }
    }
    for (const series of [...(subject.modelSeries ?? []), ...(subject.productionSeries ?? [])]) {
      if (!present.has(series) && !series.endsWith("#model-restricted")) {
        yield new Refusal("statement-withheld", `the index names ${series}, of which nothing is here`);
      }
    }
  }
  const isWide = indexes.some(({ subject }) => subject.audience !== "public");
  for (const statement of statements) {
    const isHidden = statement.kind === "ItemDeclaredStatement" && !isWide;
    if (LISTED_KINDS.includes(statement.kind) && !isHidden && !listed.has(statement.digest)) {
      yield forged("index-hides-statement", `${statement.name} is not the version that the index lists`);
    }
  }
}

// Find statements by a party that has no say in them.
export function* checkIssuers(statements) {
  const responsible = responsibleOf(statements);
  const makers = new Set(statements.filter(isOfModel).map((one) => one.issuer));
  if (makers.size > 1) {
    yield forged("issuer-without-say", `the model is described by ${[...makers].join(" and ")}`);
  }
  const recyclers = statements.filter(isEvent("recycling-started")).map((one) => one.issuer);
  for (const statement of statements) {
    const reason = whyNotTheirs(statement, responsible, recyclers);
    if (reason) {
      yield forged("issuer-without-say", `${statement.name}: ${reason}`);
    }
  }
}

const isEvent = (kind) => (one) => one.kind === "EventStatement" && one.subject.eventKind === kind;

function responsibleOf(statements) {
  const index = statements.find((one) => one.kind === INDEX);
  return index === undefined ? "" : index.subject.responsibleOperator?.id ?? index.issuer;
}

function whyNotTheirs(statement, responsible, recyclers) {
  const { issuer, kind, subject } = statement;
  if (responsible && issuer !== responsible) {
    if (kind === INDEX || LISTED_KINDS.includes(kind)) {
      return `signed by ${issuer}, but ${responsible} is responsible for the passport`;
    }
    if (isEvent("annulled")(statement)) {
      return `${issuer} annuls a passport that ${responsible} is responsible for`;
    }
  }
  if (isEvent("recycled")(statement) && recyclers.length > 0 && !recyclers.includes(issuer)) {
    return `${issuer} says it was recycled, but another recycler has it`;
  }
  if (isEvent("succession")(statement) && !(subject.involvedParties ?? []).includes(issuer)) {
    return `${issuer} is not the party that placed the successor on the market`;
  }
  return null;
}
