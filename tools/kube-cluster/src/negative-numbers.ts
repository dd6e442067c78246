/* `parseArgs` takes `-5` for an option that nobody knows, and says so in place of what is allowed. */

const MARK = '\0';

/** The same words, of which `parseArgs` takes a negative number for a value. */
export const hideSigns = (words: readonly string[]): string[] =>
  words.map((word) => (/^-\d/.test(word) ? `${MARK}${word}` : word));

/** The word as it was. */
export const showSign = (word: string): string => (word.startsWith(MARK) ? word.slice(1) : word);
