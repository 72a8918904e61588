// The report in plain words.

import { hostOf } from "./did_web.mjs";

const VERDICT_WORDS = {
  authentic: {
    tone: "authentic",
    title: "The record is authentic",
    text: "Everything in it was signed by SIGNERS, and nothing was changed since.",
  },
  withdrawn: {
    tone: "warning",
    title: "Authentic, but corrected or withdrawn",
    text: "It was signed by SIGNERS, and something in it no longer holds.",
  },
  forged: {
    tone: "danger",
    title: "Not signed by whom it says",
    text: "Do not rely on this record: it was changed, or put together by somebody else.",
  },
  unchecked: {
    tone: "neutral",
    title: "It could not be checked",
    text: "That says nothing for the record, and nothing against it.",
  },
};

// What became of a record that holds together badly although no signature is wrong.
const MIXED = new Set(["version-twice", "index-missing", "statement-withheld"]);
const MIXED_TEXT = "Its signatures hold, but this is not the whole record of one battery. Ask for it anew where the code leads.";

export function verdictOf(report) {
  const signers = report.parties.map(({ did }) => nameOf(did)).join(", ");
  const words = { ...VERDICT_WORDS[report.verdict] };
  words.text = words.text.replace("SIGNERS", signers);
  const codes = report.problems.filter((one) => one.verdict === report.verdict).map((one) => one.code);
  return report.verdict === "unchecked" && codes.length > 0 && codes.every((code) => MIXED.has(code))
    ? { ...words, text: MIXED_TEXT }
    : words;
}

// One line for each kind of reason, the worst first.
export function reasonsOf(report) {
  const worst = report.problems.filter((one) => one.verdict === report.verdict);
  const others = report.problems.filter((one) => one.verdict !== report.verdict);
  const byCode = new Map();
  for (const { code, message } of [...worst, ...others]) {
    byCode.set(code, (byCode.get(code) ?? new Set()).add(message));
  }
  return [...byCode.values()].map((messages) => {
    const [first, ...more] = messages;
    return `${sentence(first)}${more.length ? ` And ${more.length} more like this.` : ""}`;
  });
}

export const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

export function nameOf(did) {
  const parts = decodeURIComponent(did).split(":");
  return parts.length > 3 ? `${parts.at(-1)} at ${hostOf(did)}` : hostOf(did);
}

export function sourceWords({ kind, from, since }) {
  switch (kind) {
    case "trust-file":
      return "named in your trust file";
    case "published":
      return `published at ${from}, asked just now`;
    case "remembered":
      return `remembered on this device since ${since}${from ? `, then published at ${from}` : ""}`;
    default:
      return "brought along by the file itself: nobody vouches for it";
  }
}

export function checksOf(report) {
  const count = report.statements.length;
  const suites = [...new Set(report.statements.map((one) => one.suite))].join(", ");
  const checks = [];
  if (count > 0) {
    checks.push(`${counted(count, "signature", "signatures")} (${suites}), each with a key of its issuer`);
  }
  if (report.listsFrom) {
    checks.push(`The issuers' lists of what was withdrawn; the oldest is of ${report.listsFrom}`);
  }
  if (report.log) {
    checks.push(`The place of ${count === 1 ? "it" : "each"} in the public log ${report.log.origin}, which then had ${report.log.size} entries`);
  }
  if (report.isWhole) {
    checks.push("That everything is about one battery and its model, and that nothing its list names is left out");
    checks.push("That whoever signed has a say in it");
  }
  return checks;
}

export const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;
