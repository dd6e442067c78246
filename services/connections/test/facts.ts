import {
  ClusterLost,
  ClusterRefused,
  ClusterSeen,
  SnapshotCompleted,
  type CloudEvent,
  type ObservationNumber,
} from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import type { World } from './world.ts';

type Said = Partial<CloudEvent>;

/** Discovery's facts about one connection, in few words. Decision 1 is that of a connection just entered. */
export const factsOf = (world: World, connectionId: string, clusterUid: string = randomUuid()) => ({
  clusterUid,
  seen: (observation: ObservationNumber, event?: Said) =>
    world.say(
      ClusterSeen,
      { connectionId, observation, credentialId: randomUuid(), clusterUid, clusterVersion: 'v1.34.0' },
      event,
    ),
  linked: (observation: ObservationNumber, event?: Said) =>
    world.say(SnapshotCompleted, { connectionId, observation, clusterUid, objects: 1, kinds: [] }, event),
  lost: (observation: ObservationNumber, event?: Said, code = 'connection-refused') =>
    world.say(
      ClusterLost,
      { connectionId, observation, reason: { code, message: 'Nobody answers.' }, looks: 3, overMs: 30_000 },
      event,
    ),
  refused: (observation: ObservationNumber, event?: Said) =>
    world.say(
      ClusterRefused,
      { connectionId, observation, reason: { code: 'unauthorized', message: 'It says 401.' } },
      event,
    ),
});

export const at = (decision: number, count: number, epoch = 1): ObservationNumber => ({ decision, epoch, count });
