/** Reads a stream and `$all` from several connections until it is killed; says so when each has read once. Run as a process. */
import { openClients } from './latency.ts';
import { WORKLOADS } from './workload.ts';

const [, , connectionString = '', readers = '4'] = process.argv;
let ready = 0;
for (const [index, client] of openClients(connectionString, Number(readers)).entries()) {
  const workload = index % 2 === 0 ? WORKLOADS.readStream : WORKLOADS.readAll;
  const readOn = async (): Promise<void> => {
    for (let round = 0; ; round += 1) {
      await workload(client);
      if (round === 0 && ++ready === Number(readers)) process.stdout.write('reading\n');
    }
  };
  void readOn();
}
