import { registerDecorator } from 'class-validator';

const MAX_BYTES = 16 * 1024;
const MAX_KEYS = 50;

/** A JSON object of the caller's own: at most 16 KB and 50 keys. */
export function IsMetadata(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isMetadata',
      target: target.constructor,
      propertyName: String(property),
      options: { message: `metadata must be an object of at most ${MAX_KEYS} keys and 16 KB` },
      validator: { validate: isMetadata },
    });
  };
}

function isMetadata(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length <= MAX_KEYS &&
    Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES
  );
}
