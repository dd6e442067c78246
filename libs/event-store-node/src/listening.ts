import { Failure, messageOf } from '@mooring/kernel';

/** Why a port could not be had, in one sentence. */
export function cannotListen(host: string, port: number, error: unknown): Failure {
  const reason = messageOf(error);
  const why = reason.includes('EADDRINUSE') ? 'the port is in use' : reason;
  return new Failure('unavailable', `cannot listen on ${host}:${port}: ${why}`, { cause: error });
}
