import 'reflect-metadata';
import { getMetadataArgsStorage } from 'typeorm';
import { ApiKey } from '../api-key.entity.js';
import { READ_KEYS } from './known-key-reader.js';

/** Those that the statement reads in another form. */
const READ_OTHERWISE = ['scopes'];

it('reads every column that a key is loaded with, by the name of its property', () => {
  const [own = ''] = READ_KEYS.split('array_to_json');
  const read = own
    .replace('SELECT', '')
    .split(',')
    .map((column) => column.trim())
    .filter((column) => column !== '');
  const loaded = getMetadataArgsStorage()
    .filterColumns(ApiKey)
    .filter(({ propertyName, options }) => {
      return options.select !== false && !READ_OTHERWISE.includes(propertyName);
    })
    .map(({ propertyName: property, options: { name = property } }) =>
      name === property ? `k.${name}` : `k.${name} "${property}"`,
    );
  expect(read.toSorted()).toEqual(loaded.toSorted());
});
