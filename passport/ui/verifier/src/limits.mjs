// How much this page reads: a record that nobody vouches for yet must not make it ask half the web.

export const LARGEST_RECORD = 32 * 1024 * 1024;
export const LARGEST_KEYS = 256 * 1024; // of one party, or of a log
export const MOST_PARTIES_ASKED = 16;
