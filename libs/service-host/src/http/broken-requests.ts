import type { Socket } from 'node:net';
import { PROBLEM_MEDIA_TYPE } from '../problems/problem-body.ts';

const statusOf = (code: string): readonly [number, string, string] => {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'Request Header Fields Too Large', 'headers-too-large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request Timeout', 'request-timeout'];
  return [400, 'Bad Request', 'malformed-request'];
};

/** Answers what is not HTTP, so that no request object exists, and closes the connection. */
export function answerBrokenRequests(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, title, code] = statusOf(error.code ?? '');
  const body = JSON.stringify({ type: `urn:meshery:problem:${code}`, title, status, code, instance: '', traceId: '' });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  socket.destroy(error);
}
