// Loaded into a server by profile.mjs: a first SIGUSR2 begins a profile, a second one writes it to the
// file that BENCH_PROFILE names.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** Between two samples, in microseconds, and between two samples of what is allocated, in bytes. */
const SAMPLE_US = 200;
const SAMPLE_BYTES = 4096;

const KINDS = {
  time: {
    begin: async (session) => {
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
      await session.post('Profiler.start');
    },
    end: 'Profiler.stop',
  },
  allocations: {
    begin: (session) =>
      session.post('HeapProfiler.startSampling', {
        samplingInterval: SAMPLE_BYTES,
        includeObjectsCollectedByMinorGC: true,
        includeObjectsCollectedByMajorGC: true,
      }),
    end: 'HeapProfiler.stopSampling',
  },
};

const { begin, end } = KINDS[process.env.BENCH_PROFILE_OF];
const session = new Session();
session.connect();

process.once('SIGUSR2', () => {
  process.once('SIGUSR2', async () => {
    const { profile } = await session.post(end);
    writeFileSync(process.env.BENCH_PROFILE, JSON.stringify(profile));
  });
  void begin(session);
});
