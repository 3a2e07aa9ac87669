import { randomBase62 } from '../../access/secrets/secret.js';

/** 40 letters and digits, as Django OAuth Toolkit makes them. */
const LENGTH = 40;
const SHAPE = new RegExp(`^[0-9A-Za-z]{${LENGTH}}$`);

export const newClientId = (): string => randomBase62(LENGTH);

/** Whether a client can be called so. */
export const isClientId = (text: string): boolean => SHAPE.test(text);
