import { watchCluster, type ClusterWatch, type WatchOptions } from '@mooring/cluster-watch';
import { createRecorder, type Recorder, type RecorderOptions } from './recorder.ts';

export interface RecordedWatch extends AsyncDisposable {
  readonly recorder: Recorder;
  readonly watch: ClusterWatch;
}

/** A watch with a recorder as its sink. When the watch ends with an error, the recorder's waits reject with it. */
export function startRecordedWatch(options: WatchOptions, recorderOptions: RecorderOptions = {}): RecordedWatch {
  const recorder = createRecorder(recorderOptions);
  const watch = recorder.following(watchCluster(options, recorder));
  return { recorder, watch, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() };
}
