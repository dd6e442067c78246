import type { Socket } from 'node:net';

/**
 * Resets a connection (RST): the other side sees neither the end of what was sent nor a goodbye. While node still has to send its own
 * end of it (FIN) a reset would be refused and leave the handle open for ever, which keeps the process from ending: then it is closed.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
