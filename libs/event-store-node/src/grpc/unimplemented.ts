import { status, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Refusal } from './errors.ts';

interface Answerable {
  emit(event: 'error', why: Refusal): boolean;
}

/** Every method of a service, answered with UNIMPLEMENTED and why. */
export function unimplemented(service: ServiceDefinition, why: string): UntypedServiceImplementation {
  const refuse = (call: Answerable, callback?: (why: Refusal) => void): void => {
    const refusal = new Refusal(status.UNIMPLEMENTED, why);
    if (callback === undefined) call.emit('error', refusal);
    else callback(refusal);
  };
  return Object.fromEntries(Object.keys(service).map((method) => [method, refuse]));
}
