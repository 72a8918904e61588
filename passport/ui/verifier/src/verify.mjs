// Is this record genuine? From the bytes of a bundle to a report.

import { readBundle } from "./bundle.mjs";
import { areListContexts, areStatementContexts } from "./contexts.mjs";
import { hex, sha256 } from "./encoding.mjs";
import { instantText, parseInstant } from "./instants.mjs";
import { parseDocument, requireOneReading } from "./json.mjs";
import { labelOf } from "./kinds.mjs";
import { KeyRing } from "./keys.mjs";
import { checkParties } from "./parties.mjs";
import { requireKeyHeld, verifyProofs } from "./proofs.mjs";
import { parseNoteKey, verifyReceipt } from "./receipts.mjs";
import { ASK_THE_PROGRAM, Refusal, VERDICTS } from "./refusal.mjs";
import { INDEX, checkIndex, checkIssuers, checkOneBattery, checkVersions, kindOf } from "./rules.mjs";
import { isSet, listAddress } from "./status.mjs";
import { requireWitnesses } from "./witnesses.mjs";

const CLOCKS_DIFFER_BY_MS = 5 * 60 * 1000;
const STATUS_WORDS = {
  revocation: ["statement-revoked", "was withdrawn by its issuer"],
  suspension: ["statement-suspended", "is suspended by its issuer"],
};

// Verify a bundle.
//
// bytes      of the bundle.
// trust      content of a trust file, or null.
// published  by DID: {document, from}, read from the party's own address just now.
// remembered {dids: {did: {keys, since, from}}, logs: {origin: {key, since}}}.
// logKeys    [{origin, key, from}], read from the hosts of the logs just now.
// at         instant asked about.
// progress   is told how many of how many statements are done.
export async function verifyBundle(bytes, { trust = null, published = {}, remembered = {}, logKeys = [], at, progress = () => {} }) {
  const report = { problems: [], statements: [], parties: [], log: null, listsFrom: null };
  try {
    const bundle = readBundle(bytes);
    const ring = await KeyRing.from({ bundled: bundle.didDocuments, trust, published, remembered, archived: bundle.archivedDids });
    const logs = await believedLogs({ trust, remembered, logKeys }, report);
    await new Verification({ bundle, ring, logs, trust, at, report, progress }).run();
    report.parties = ring.parties
      .filter(({ did }) => report.signers.has(did))
      .map(({ did, source, keys }) => ({ did, source, keys: keysToRemember(keys) }));
  } catch (error) {
    note(report, error, "");
  }
  report.verdict = report.problems.reduce((worst, { verdict }) =>
    (VERDICTS.indexOf(verdict) > VERDICTS.indexOf(worst) ? verdict : worst), "authentic");
  delete report.signers;
  return report;
}

const keysToRemember = (keys) => Object.fromEntries([...keys.values()].map((key) => [key.id, key.multibase]));

function note(report, error, statement) {
  if (!(error instanceof Refusal)) {
    throw error;
  }
  report.problems.push({ code: error.code, message: error.message, verdict: error.verdict, statement });
}

async function believedLogs({ trust, remembered, logKeys }, report) {
  const named = trust
    ? (trust.logs ?? []).map((log) => ({ ...log, source: { kind: "trust-file" } }))
    : [
        ...Object.entries(remembered.logs ?? {}).map(([origin, { key, since }]) =>
          ({ origin, key, source: { kind: "remembered", since } })),
        ...logKeys.map(({ origin, key, from }) => ({ origin, key, source: { kind: "published", from } })),
      ];
  const logs = [];
  for (const { origin, key, source } of named) {
    const earlier = logs.find((one) => one.origin === origin);
    if (earlier === undefined) {
      logs.push({ origin, key: await parseNoteKey(key), source });
    } else if (earlier.key.text !== key && !trust) {
      note(report, new Refusal("log-key-changed", `the log ${origin} has another key than this device remembers`, "forged"), "");
    } else if (earlier.key.text !== key) {
      logs.push({ origin, key: await parseNoteKey(key), source });
    }
  }
  return logs;
}

class Verification {
  constructor({ bundle, ring, logs, trust, at, report, progress }) {
    Object.assign(this, { bundle, ring, logs, trust, at, report, progress });
    this.lists = new Map();
    report.signers = new Set();
  }

  async run() {
    await this.takeLists();
    const { statements } = this.bundle;
    const genuine = [];
    for (const [at, body] of statements.entries()) {
      this.progress(at, statements.length);
      const statement = await this.#attempt("", () => this.statement(body));
      if (statement) {
        genuine.push(statement);
      }
    }
    this.progress(statements.length, statements.length);
    this.together(genuine, genuine.length === statements.length);
  }

  // Lists first: what they withdraw counts for every statement. Of several versions the newest counts;
  // one that has ended may lie by, as what a time stamp proves of another day.
  async takeLists() {
    const ended = new Map();
    for (const body of this.bundle.statusLists) {
      await this.#attempt("", async () => {
        const list = parseDocument(body);
        requireOneReading(list);
        if (!areListContexts(list["@context"]) || !list.type?.includes?.("BitstringStatusListCredential")) {
          throw new Refusal("status-list", `${list.id} is no status list`);
        }
        if (list.validUntil !== undefined && parseInstant(list.validUntil) <= this.at) {
          ended.set(list.id, list);
          return;
        }
        this.requireValid(list, "status-list");
        const proofs = await verifyProofs(list, { ring: this.ring, at: this.at, name: `the list ${list.id}` });
        // Lists are not in the log: one by a stolen key says nothing, and does not make the rest false.
        proofs.forEach((proof) => requireKeyHeld(proof, { logIndex: null, verdict: "unchecked" }));
        const other = this.lists.get(list.id);
        const newer = other === undefined ? 1 : parseInstant(list.validFrom) - parseInstant(other.validFrom);
        if (newer === 0) {
          throw new Refusal("status-list", `the list ${list.id} is there twice`);
        }
        if (newer > 0) {
          this.lists.set(list.id, list);
        }
      });
    }
    for (const [address, list] of ended) {
      if (!this.lists.has(address)) {
        await this.#attempt("", () => this.requireValid(list, "status-list"));
      }
    }
  }

  async statement(body) {
    const document = parseDocument(body);
    requireOneReading(document);
    const name = labelOf(document);
    if (!areStatementContexts(document["@context"])) {
      throw new Refusal("unexpected-context", `${name} is not written in the words of a battery passport`);
    }
    const statement = shaped(document, name);
    statement.digest = `sha256:${hex(await sha256(body))}`;
    const proofs = await verifyProofs(document, { ring: this.ring, at: this.at, name });
    const receipt = await this.#attempt(name, () => this.receipt(statement, body));
    const isOnlyLog = new Set(this.logs.map(({ origin }) => origin)).size === 1;
    proofs.forEach((proof) => requireKeyHeld(proof, { logIndex: receipt?.index ?? null, isOnlyLog }));
    this.requireSuites(document);
    this.report.signers.add(statement.issuer);
    await this.#attempt(name, () => this.vouchedFor(statement.issuer));
    await this.#attempt(name, () => this.requireValid(document, "not-valid-then"));
    for (const entry of [document.credentialStatus ?? []].flat()) {
      await this.#attempt(name, () => this.status(entry, statement));
    }
    this.report.statements.push({
      iri: statement.iri,
      kind: statement.kind,
      issuer: statement.issuer,
      signedAt: proofs[0].created ? instantText(proofs[0].created) : "",
      suite: [document.proof].flat()[0].cryptosuite,
    });
    return statement;
  }

  // What a broken suite signed needs evidence of an earlier time, which only the program for the
  // command line reads.
  requireSuites(document) {
    for (const { cryptosuite } of [document.proof].flat()) {
      const since = this.trust?.retired?.[cryptosuite];
      if (since !== undefined && parseInstant(since) <= this.at) {
        throw new Refusal("suite-retired", `${labelOf(document)}: your trust file holds ${cryptosuite} for broken since ${since}, and ${ASK_THE_PROGRAM}`);
      }
    }
  }

  vouchedFor(did) {
    const party = this.ring.party(did);
    if (party.source.kind === "bundle" && !this.unvouched?.has(did)) {
      this.unvouched = new Set([...(this.unvouched ?? []), did]);
      throw new Refusal(
        "key-unvouched",
        `the signatures of ${did} hold with the keys that the file itself brings, but nothing on this device says that these are its keys`,
      );
    }
  }

  requireValid(document, code) {
    const verdict = code === "status-list" ? "unchecked" : "withdrawn";
    if (parseInstant(document.validFrom) - this.at > CLOCKS_DIFFER_BY_MS) {
      throw new Refusal(code, `${labelOf(document)} is valid only from ${document.validFrom} on`, verdict);
    }
    if (document.validUntil !== undefined && parseInstant(document.validUntil) <= this.at) {
      throw new Refusal(code, `${labelOf(document)} was valid until ${document.validUntil}`, verdict);
    }
  }

  async status(entry, statement) {
    const address = listAddress(entry);
    const list = this.lists.get(address);
    if (list === undefined) {
      throw new Refusal("status-list", `the list ${address}, which says what was withdrawn, is not there or cannot be used`);
    }
    if (list.issuer !== statement.issuer) {
      throw new Refusal("status-list", `the list ${address} is not by the issuer of ${statement.name}`);
    }
    const from = instantText(parseInstant(list.validFrom));
    if (this.report.listsFrom === null || from < this.report.listsFrom) {
      this.report.listsFrom = from;
    }
    if (await isSet(entry, list)) {
      const [code, words] = STATUS_WORDS[entry.statusPurpose] ?? ["statement-corrected", "was corrected by its issuer"];
      throw new Refusal(code, `${statement.name} ${words}`, "withdrawn");
    }
  }

  async receipt(statement, body) {
    const digest = await sha256(body);
    const text = this.bundle.receipts[hex(digest)];
    if (text === undefined) {
      throw new Refusal("receipt-missing", `there is no receipt of the log for ${statement.name}`);
    }
    const { index, size, origin, log, note: checkpoint } = await verifyReceipt(text, digest, this.logs);
    await requireWitnesses(checkpoint, this.trust ?? {});
    if (this.report.log === null || size > this.report.log.size) {
      this.report.log = { origin, size, key: log.key.text, source: log.source };
    }
    return { index };
  }

  together(genuine, isComplete) {
    const { problems } = this.report;
    const found = [
      ...checkOneBattery(genuine),
      ...checkVersions(genuine),
      ...(isComplete ? checkIndex(genuine) : []),
      ...checkIssuers(genuine),
      ...checkParties(genuine, this.trust ?? {}),
    ];
    for (const statement of genuine) {
      if (statement.kind === "EventStatement" && statement.subject.eventKind === "annulled") {
        found.push(new Refusal("passport-annulled", "the record says of itself that it was registered by mistake", "withdrawn"));
      }
    }
    problems.push(...found.map(({ code, message, verdict }) => ({ code, message, verdict, statement: "" })));
    const item = genuine.find((one) => one.kind === "ItemPublicStatement") ?? genuine.find((one) => one.kind === INDEX);
    this.report.isWhole = isComplete;
    this.report.battery = item?.subject.id ?? genuine.find((one) => one.kind === "EventStatement")?.subject.id ?? "";
    this.report.compare = comparisonOf(genuine);
  }

  async #attempt(statement, step) {
    try {
      return await step();
    } catch (error) {
      note(this.report, error, statement);
      return undefined;
    }
  }
}

function shaped(document, name) {
  const subject = document.credentialSubject;
  const version = /^[1-9]\d{0,8}$/.test(document.version) ? Number(document.version) : 0;
  if (typeof document.id !== "string" || typeof subject?.id !== "string" || typeof document.issuer !== "string" || version === 0 || typeof document.series !== "string") {
    throw new Refusal("statement-schema", `${name} has not the form of a statement`);
  }
  return { document, name, iri: document.id, subject, version, kind: kindOf(document), issuer: document.issuer, series: document.series };
}

// What a person compares with the battery, from statements that are genuine.
function comparisonOf(genuine) {
  const item = genuine.find((one) => one.kind === "ItemPublicStatement")?.subject ?? {};
  const model = genuine.find((one) => one.kind === "ModelPublicStatement")?.subject ?? {};
  return {
    serial: textOf(item.serialNumber),
    model: textOf(model.modelIdentifier),
    manufactured: textOf(item.manufacturedOn),
    mass: textOf(item.individualMassKilograms ?? model.massKilograms),
  };
}

const textOf = (value) => (typeof value === "string" ? value : "");
