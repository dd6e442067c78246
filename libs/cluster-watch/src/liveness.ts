import { unreachable } from './explain.ts';
import { refusalOfError } from './network-refusal.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { Transport } from './transport.ts';

const GOAWAY_GRACE_MS = 1000;

export interface LivenessOptions {
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
}

/** Settles with the reason for which the connection ended, and finds a silent one by PING. */
export function watchOver(
  { http2 }: Transport,
  { pingIntervalMs, pingTimeoutMs }: LivenessOptions,
): { readonly lost: Promise<ClusterRefusal>; readonly end: () => void } {
  let end: () => void = () => undefined;
  const lost = new Promise<ClusterRefusal>((resolve) => {
    const lose = (refusal: ClusterRefusal): void => {
      clearInterval(pings);
      clearTimeout(expiry);
      clearTimeout(grace);
      resolve(refusal);
      http2.destroy();
    };
    let expiry: NodeJS.Timeout | undefined;
    let grace: NodeJS.Timeout | undefined;
    const pings = setInterval(() => {
      // One at a time: its time-out decides.
      if (expiry !== undefined || http2.closed || http2.destroyed) return;
      expiry = setTimeout(
        () => lose(unreachable('stalled', `the API server did not answer a PING within ${pingTimeoutMs} ms`)),
        pingTimeoutMs,
      );
      http2.ping(() => {
        clearTimeout(expiry);
        expiry = undefined;
      });
    }, pingIntervalMs);
    http2.on('error', (error) => lose(refusalOfError(error)));
    http2.on('goaway', () => {
      // No new requests from here on, but what is under way is answered: a real API server says GOAWAY with every 401.
      clearTimeout(grace);
      grace = setTimeout(
        () => lose(unreachable('network', 'the API server is shutting down this connection')),
        GOAWAY_GRACE_MS,
      );
    });
    end = () => lose(unreachable('network', 'the connection was closed'));
    http2.on('close', end);
  });
  return { lost, end };
}
