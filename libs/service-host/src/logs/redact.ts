const HIDDEN = '[redacted]';

/** Names of fields whose value is never shown, whatever it is; compared without case, `-` and `_`. */
const SECRET_NAMES =
  /^(?:authorization|proxyauthorization|cookie|setcookie|xmooringinternal|kubeconfig|(?:.*)(?:token|password|passwd|secret|apikey|privatekey|credentials?|clientkeydata|keydata|clientkey))$/;

/** Names that only look like those above: they carry ids and facts about secrets, not secrets. */
const HARMLESS_NAMES = /^(?:has|is|needs)|^(?:next|page)token$/;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, HIDDEN],
  // Base64 of "-----BEGIN": certificates and keys as kubeconfigs carry them.
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=]*/g, HIDDEN],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g, HIDDEN],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi, `$1 ${HIDDEN}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${HIDDEN}@`],
  [
    /((?:^|[^A-Za-z0-9])["']?[A-Za-z0-9_-]*(?:token|password|passwd|secret|api[-_]?key|client-key-data|private[-_]?key)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&"'}]+)/gi,
    `$1${HIDDEN}`,
  ],
];

/** A text without what looks like a secret: PEM blocks, JWTs, bearer tokens, passwords in URLs, `token=…` and its like. */
export const redactText = (text: string): string =>
  PATTERNS.reduce((shown, [pattern, replacement]) => shown.replace(pattern, replacement), text);

const isSecretName = (name: string): boolean => {
  const plain = name.replaceAll(/[-_]/g, '').toLowerCase();
  return SECRET_NAMES.test(plain) && !HARMLESS_NAMES.test(plain);
};

const DEPTH_MAX = 8;

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...own } = error as Error & Record<string, unknown>;
  return {
    ...redactFields(own, depth),
    type: name,
    message: redactText(message),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: redactAt(cause, depth + 1) }),
  };
}

const redactFields = (fields: object, depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      isSecretName(name) && value !== undefined && value !== null && typeof value !== 'boolean'
        ? HIDDEN
        : redactAt(value, depth + 1),
    ]),
  );

function redactAt(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '[too deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactAt(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = (value.toJSON as () => unknown)();
    return typeof json === 'object' ? json : redactAt(json, depth + 1);
  }
  return redactFields(value, depth);
}

/** A copy of a value for a log line: secrets hidden by name and by looks, errors as data with their causes, cut at a depth of 8. */
export const redact = (value: unknown): unknown => redactAt(value, 0);
