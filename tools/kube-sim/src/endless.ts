import type { LineStream } from './exchange.ts';

const PIECE = 'x'.repeat(16 * 1024);

/** Writes `before` and then an object whose annotation has no end, as fast as the reader takes it, until the stream closes. */
export function writeEndlessObject(stream: LineStream, before: string, kind: string): void {
  const metadata = '"metadata":{"name":"endless","uid":"e0d1e550-0000-4000-8000-000000000000","annotations":{"text":"';
  const write = async (): Promise<void> => {
    await stream.write(`${before}{"kind":"${kind}","apiVersion":"v1",${metadata}`);
    while (!stream.closed) await stream.write(PIECE);
  };
  void write();
}
