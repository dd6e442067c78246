import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Gives what a handler threw to the strategy as it is. Nest's own filter would turn it into "Internal server error", and every
 * Failure, however well a retry could help it, would count as a bug.
 */
@Catch()
export class FailureFilter implements RpcExceptionFilter {
  catch(thrown: unknown): Observable<never> {
    return throwError(() => thrown);
  }
}
