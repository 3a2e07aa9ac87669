import { hasCode } from './database/private-file.js';
import { tryListen } from './free-port.js';
import { StartError } from './start-error.js';

/** Where a server listens, and the variables that say so. */
export interface Place {
  readonly port: number;
  readonly host: string;
  readonly variables:
    readonly ['PORT', 'HOST'] | readonly ['KEYCAP_ADMIN_PORT', 'KEYCAP_ADMIN_HOST'];
}

/** Says before anything is started what would fail at the end. @throws StartError */
export async function assertPortFree(place: Place): Promise<void> {
  const listened = await tryListen(place.port, place.host).catch((error: unknown) => {
    throw explainListenError(error, place);
  });
  if (listened === -1) throw portTaken(place);
}

/** Why the server can't listen, in one sentence. */
export function explainListenError(error: unknown, place: Place): unknown {
  const { port, host, variables } = place;
  const [portVariable, hostVariable] = variables;
  if (hasCode(error, 'EADDRINUSE')) return portTaken(place);
  if (hasCode(error, 'EACCES', 'EPERM')) {
    return new StartError(
      `This user may not listen on port ${port}: set ${portVariable} to another one.`,
    );
  }
  if (hasCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL')) {
    return new StartError(`${hostVariable} is "${host}", which is no address of this machine.`);
  }
  return error;
}

const portTaken = ({ port, host, variables: [variable] }: Place): StartError =>
  new StartError(`Port ${port} on ${host} is taken: set ${variable} to another one.`);
