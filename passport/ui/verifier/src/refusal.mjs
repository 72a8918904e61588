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

export const forged = (code, message) => new Refusal(code, message, "forged");
