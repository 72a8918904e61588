// What can be wrong with a record, and what each of it makes of the whole.

// From bad to worse; the worst one counts.
export const VERDICTS = ["authentic", "withdrawn", "unchecked", "forged"];

export class Refusal extends Error {
  constructor(code, message, verdict = "unchecked") {
    super(message);
    this.code = code;
    this.verdict = verdict;
  }
}

// What this page cannot read, and who can.
export const ASK_THE_PROGRAM = "this page reads neither time stamps nor the keys that a log kept: check the file with passport verify";

export const forged = (code, message) => new Refusal(code, message, "forged");
