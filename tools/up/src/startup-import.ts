import { parseLogLine } from './last-words.ts';

/** What connections logs about the kubeconfig it was given at start. */
export type StartupImport = { readonly importId: string } | { readonly refused: string };

const IMPORTED = 'the kubeconfig given at start was imported';
const REFUSED = 'the kubeconfig given at start ';

/** Nothing for a line about something else. */
export function startupImportIn(line: string): StartupImport | undefined {
  if (!line.includes(REFUSED)) return undefined;
  const parsed = parseLogLine(line);
  if (parsed === undefined || !parsed.msg.startsWith(REFUSED)) return undefined;
  const { importId } = parsed.fields;
  if (parsed.msg === IMPORTED) return typeof importId === 'string' ? { importId } : undefined;
  // The reason comes behind the same words that open the line.
  return { refused: parsed.msg.slice(parsed.msg.lastIndexOf(REFUSED)).replace(REFUSED, '') };
}
