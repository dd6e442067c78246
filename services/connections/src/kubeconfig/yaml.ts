import { ok, refused, type Result } from '@mooring/kernel';
import { isScalar, Lexer, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** A thousand contexts with their clusters and users, each field on a line of its own, have less than that. */
const LEXEMES_MAX = 250_000;
const ALIASES_MAX = 100;

/**
 * Reads YAML, of which JSON is a part, in a time that grows with the length of the text and no faster: the number of its parts, its
 * aliases and its depth are bounded. A refusal says where and what, and never the text itself, which may be a part of a secret.
 */
export function readYaml(text: string): Result<unknown, string> {
  if (hasMoreLexemes(text, LEXEMES_MAX)) return refused(`the document has more than ${LEXEMES_MAX} parts`);
  try {
    const lines = new LineCounter();
    // The library's own check of keys compares each with each, and its own words for an error read the text once per error.
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, lineCounter: lines });
    const [error] = document.errors;
    const fault = error === undefined ? duplicateKey(document) : { what: wordsOf(error.code), at: error.pos[0] };
    if (fault === undefined) return ok(document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown);
    const { line, col } = lines.linePos(fault.at);
    return refused(`the document is not YAML: ${fault.what} at line ${line}, column ${col}`);
  } catch {
    return refused('the document is not YAML: its aliases name nothing, or grow beyond every measure');
  }
}

const wordsOf = (code: string): string => code.toLowerCase().replaceAll('_', ' ');

function hasMoreLexemes(text: string, max: number): boolean {
  const lexemes = new Lexer().lex(text);
  let count = 0;
  while (count <= max && lexemes.next().done !== true) count += 1;
  return count > max;
}

interface Fault {
  readonly what: string;
  readonly at: number;
}

/** The first key that its mapping has already: which of the two was meant cannot be guessed. */
function duplicateKey(document: Document): Fault | undefined {
  let found: Fault | undefined;
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          found = { what: 'duplicate key', at: key.range?.[0] ?? 0 };
          return visit.BREAK;
        }
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}
