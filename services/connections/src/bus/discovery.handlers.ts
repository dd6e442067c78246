import {
  ClusterLost,
  ClusterRefused,
  ClusterSeen,
  SnapshotCompleted,
  type CloudEvent,
  type DataOf,
} from '@mooring/contracts';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { causedBy } from '../process/actor.ts';
import { onLinked, onLost, onRefused, onSeen, type ObserveDeps } from '../process/observe.ts';
import { OBSERVE, SYSTEM_ID } from '../tokens.ts';

/** What discovery saw becomes a command to the connection; the machine says what it means. */
@Controller()
export class DiscoveryHandlers {
  constructor(
    @Inject(OBSERVE) private readonly deps: ObserveDeps,
    @Inject(SYSTEM_ID) private readonly systemId: string,
  ) {}

  @EventPattern<string>(ClusterSeen.type)
  seen(@Payload() event: CloudEvent<DataOf<typeof ClusterSeen>>): Promise<void> {
    return onSeen(this.deps, event.data, causedBy(event, this.systemId));
  }

  @EventPattern<string>(SnapshotCompleted.type)
  linked(@Payload() event: CloudEvent<DataOf<typeof SnapshotCompleted>>): Promise<void> {
    return onLinked(this.deps, event.data, causedBy(event, this.systemId));
  }

  @EventPattern<string>(ClusterLost.type)
  lost(@Payload() event: CloudEvent<DataOf<typeof ClusterLost>>): Promise<void> {
    return onLost(this.deps, event.data, causedBy(event, this.systemId));
  }

  @EventPattern<string>(ClusterRefused.type)
  refused(@Payload() event: CloudEvent<DataOf<typeof ClusterRefused>>): Promise<void> {
    return onRefused(this.deps, event.data, causedBy(event, this.systemId));
  }
}
