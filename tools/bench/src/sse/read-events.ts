import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

/** Reads server-sent events until it is disposed of. */
export interface EventReader extends AsyncDisposable {
  /** The stream has begun. */
  readonly url: string;
}

/** Calls `onData` with the data of every message, as it comes. Resolves when the stream has begun. */
export async function readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  onData: (data: string) => void,
): Promise<EventReader> {
  const asked = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode ?? 'nothing'}`);
  let rest = '';
  answer.setEncoding('utf8');
  answer.on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const data = message.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) onData(data.slice('data: '.length));
    }
  });
  // Its end is ours to decide.
  answer.on('error', () => undefined);
  return {
    url,
    async [Symbol.asyncDispose]() {
      answer.destroy();
      await (answer.closed ? undefined : once(answer, 'close'));
    },
  };
}
