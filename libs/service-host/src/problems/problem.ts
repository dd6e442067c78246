/** One finding about a request: where (a JSON pointer into the body, or a parameter's name) and what. */
export type RequestError =
  | { readonly pointer: string; readonly detail: string }
  | { readonly parameter: string; readonly detail: string }
  | { readonly header: string; readonly detail: string };

export interface ProblemOptions {
  /** For this occurrence; shown to people, so without internals and secrets. */
  readonly detail?: string;
  /** RFC 9457 extension members, camelCase: `{ state, command, allowedActions }`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Sent as headers: `{ 'retry-after': '1' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly RequestError[];
}

/**
 * A refusal as an HTTP answer (RFC 9457). Throw it in a controller or in a hook.
 * `code` (kebab-case) is the stable name for machines: `type` is `urn:meshery:problem:<code>`. `title` is the same for every
 * occurrence of a code; `detail` is about this one.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly options: ProblemOptions;

  constructor(status: number, code: string, title: string, options: ProblemOptions = {}) {
    super(options.detail ?? title);
    this.status = status;
    this.code = code;
    this.title = title;
    this.options = options;
  }
}
