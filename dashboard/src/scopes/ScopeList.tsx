import { Badge, Group, Tooltip } from '@mantine/core';

/** How many are shown in a row before the rest is counted. */
const SHOWN = 3;

export function ScopeList({ scopes }: { readonly scopes: readonly string[] }) {
  const more = scopes.slice(SHOWN);
  return (
    <Group gap={4}>
      {scopes.slice(0, SHOWN).map((scope) => (
        <Badge key={scope} variant="light" color="gray" className="scope">
          {scope}
        </Badge>
      ))}
      {more.length > 0 && (
        <Tooltip label={more.join(', ')} events={{ hover: true, focus: true, touch: true }}>
          <Badge
            variant="light"
            color="gray"
            className="scope"
            tabIndex={0}
            role="note"
            aria-label={more.join(', ')}
          >
            +{more.length}
          </Badge>
        </Tooltip>
      )}
    </Group>
  );
}
