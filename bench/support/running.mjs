/** Tells whoever waits what is being done; results go elsewhere. */
export const say = (text) => void process.stderr.write(`  ${text}\n`);

/** Where a signal ends the program, what it has started is stopped first. */
export function stopOnSignal(stop) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  }
}

/** Servers that end when told to, and with the program where a signal ends it. */
export function runningServers() {
  const running = [];
  const stop = async () => {
    for (const server of running.splice(0)) await server.stop();
  };
  stopOnSignal(stop);
  return { running, stop };
}
