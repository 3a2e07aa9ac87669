/** Servers that end when told to, and with the program where a signal ends it. */
export function runningServers() {
  const running = [];
  const stop = async () => {
    for (const server of running.splice(0)) await server.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  }
  return { running, stop };
}
