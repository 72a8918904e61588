// The report as parts of the page; texts are set as texts, never as markup.

import { kindWords } from "./kinds.mjs";
import { MOST_PARTIES_ASKED } from "./limits.mjs";
import { checksOf, counted, nameOf, reasonsOf, sentence, sourceWords, verdictOf } from "./words.mjs";

function element(name, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  made.append(...children.filter(Boolean));
  return made;
}

const list = (lines, attributes = {}) => element("ul", attributes, ...lines.map((text) => element("li", { text })));

const icon = (name) => document.getElementById(`icon-${name}`).content.cloneNode(true);

function card(id, title, ...children) {
  return element("section", { class: "card", "aria-labelledby": id },
    element("h2", { class: "card__title", id, text: title }), ...children);
}

export function render(report, { from, host, ask }) {
  return [
    verdictPart(report, from),
    unvouched(report) ? askPart(report, ask) : null,
    report.verdict === "forged" ? null : comparePart(report),
    checkedPart(report),
    sourcesPart(report, from, host),
    limitsPart(report, from, host),
  ].filter(Boolean);
}

function verdictPart(report, from) {
  const { tone, title, text } = verdictOf(report);
  const reasons = reasonsOf(report);
  return element("section", { class: `verdict solid-${tone}`, "aria-labelledby": "verdict", "data-verdict": report.verdict },
    element("div", { class: "verdict__icon" }, icon(tone)),
    element("div", { class: "verdict__words" },
      element("h2", { id: "verdict", tabindex: "-1", text: title }),
      element("p", { text }),
      reasons.length ? list(reasons.slice(0, 6), { class: "verdict__reasons" }) : null,
      reasons.length > 6 ? element("p", { text: `And ${reasons.length - 6} more.` }) : null,
      element("p", { class: "verdict__small", text: `Checked in this browser, ${new Date().toLocaleString()}${from.file ? `, from the file ${from.file}` : ""}.` })));
}

const UNVOUCHED = new Set(["key-unvouched", "key-unknown", "unknown-log"]);
const unvouched = (report) => report.verdict === "unchecked" && report.problems.some((one) => UNVOUCHED.has(one.code));

function askPart(report, ask) {
  const button = element("button", { type: "button", class: "button", text: "Ask the issuers for their keys" });
  button.addEventListener("click", ask);
  return card("vouch", "Whose keys are these?",
    element("p", { text: "A forger can sign with keys of his own and put them into the file. Ask each issuer at its own address (it then sees that somebody looks), or choose a trust file below." }),
    element("p", { class: "actions" }, button));
}

function comparePart({ compare, battery }) {
  const facts = [
    ["Serial number", compare?.serial], ["Model", compare?.model],
    ["Manufactured", compare?.manufactured], ["Mass", compare?.mass && `${compare.mass} kg`], ["Identifier", battery],
  ].filter(([, value]) => value);
  if (facts.length === 0) {
    return null;
  }
  return card("compare-with", "Compare with the battery",
    element("p", { class: "card__intro", text: "No program can know whether you stand before the right battery: a code can be copied. If one of these differs, this is not its passport." }),
    element("dl", { class: "verifier-facts" }, ...facts.map(([name, value]) =>
      element("div", {}, element("dt", { text: name }), element("dd", {}, element("code", { text: value }))))));
}

function checkedPart(report) {
  const checks = checksOf(report);
  if (checks.length === 0) {
    return null;
  }
  return card("checked", report.problems.length ? "What was looked at" : "What was checked", list(checks, { class: "verifier-list" }),
    element("details", {},
      element("summary", { text: counted(report.statements.length, "statement", "statements") }),
      element("ul", { class: "verifier-list" }, ...report.statements.map((one) =>
        element("li", {}, element("b", { text: kindWords(one.kind) }),
          ` signed by ${nameOf(one.issuer)}${one.signedAt ? `, ${one.signedAt}` : ""} `, element("code", { text: one.iri }))))));
}

function sourcesPart(report, from, host) {
  const rows = [["The record", from.file ? `the file ${from.file} on this device` : new URL(from.origin).host]];
  for (const { did, source, keys } of report.parties) {
    const fingerprints = Object.values(keys).map((key) => `${key.slice(0, 10)}…${key.slice(-6)}`).join(", ");
    rows.push([`Keys of ${nameOf(did)}`, `${sourceWords(source)}: ${fingerprints}`]);
  }
  if (report.log) {
    rows.push([`Key of the log ${report.log.origin}`, `${sourceWords(report.log.source)}: ${report.log.key}`]);
  }
  rows.push(["This program and its words", `${host}; its parts and their digests are named below`]);
  for (const { did, why } of from.silent ?? []) {
    rows.push([`Keys of ${nameOf(did)}`, why]);
  }
  if (from.unasked > 0) {
    rows.push(["Others the record names", `${counted(from.unasked, "party", "parties")} not asked: no more than ${MOST_PARTIES_ASKED} are, those first who sign in it`]);
  }
  return card("sources", "What was taken from where",
    element("dl", { class: "verifier-facts" }, ...rows.map(([name, value]) =>
      element("div", {}, element("dt", { text: name }), element("dd", { text: value })))));
}

function limitsPart(report, from, host) {
  const published = report.parties.filter(({ source }) => source.kind === "published");
  const isAllOne = from.origin && new URL(from.origin).host === host && published.length === report.parties.length
    && published.every(({ source }) => source.from === host);
  const limits = [
    isAllOne
      ? `record, keys and this program all came from ${host}. The check shows that nothing was changed since it was signed with the keys that ${host} gives out today; a dishonest ${host} could give out others. Load this page from a host you trust, use a trust file, or run the command line program to be independent of it`
      : null,
    "whether what was signed is true: a signature says who speaks",
    "whether a newer record exists than the one that was given",
    report.log ? "whether the log shows the same to everybody; that takes witnesses" : null,
  ].filter(Boolean).map(sentence);
  return card("limits", "What this check cannot know", list(limits, { class: "verifier-list" }));
}
