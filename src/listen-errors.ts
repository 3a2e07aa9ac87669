import { hasCode } from './database/private-file.js';
import { tryListen } from './free-port.js';
import { StartError } from './start-error.js';

/** Says before anything is started what would fail at the end. @throws StartError */
export async function assertPortFree(port: number, host: string): Promise<void> {
  const listened = await tryListen(port, host).catch((error: unknown) => {
    throw explainListenError(error, port, host);
  });
  if (listened === -1) throw portTaken(port, host);
}

/** Why the server can't listen, in one sentence. */
export function explainListenError(error: unknown, port: number, host: string): unknown {
  if (hasCode(error, 'EADDRINUSE')) return portTaken(port, host);
  if (hasCode(error, 'EACCES', 'EPERM')) {
    return new StartError(`This user may not listen on port ${port}: set PORT to another one.`);
  }
  if (hasCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL')) {
    return new StartError(`HOST is "${host}", which is no address of this machine.`);
  }
  return error;
}

const portTaken = (port: number, host: string): StartError =>
  new StartError(`Port ${port} on ${host} is taken: set PORT to another one.`);
