import type { Clauses, Operand } from '../domain/resource-search.ts';

const quoted = ({ term, prefix }: Operand): string =>
  `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'${prefix ? ':*' : ''}`;

/** Clauses as the text of a tsquery: `('c!1' | 'c!2') & 'shop':*`. Nothing may be in a clause of no operands. */
export const toTermQuery = (clauses: Clauses): string =>
  clauses.map((clause) => `(${clause.map(quoted).join(' | ')})`).join(' & ');
