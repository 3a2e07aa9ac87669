import { Checkbox, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode } from 'react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

const features = tableFeatures({});
const ROW_HEIGHT = 57;
/** Rows that are drawn beyond the edges of the window. */
const OVERSCAN = 12;

/** A column; what it shows of a row is drawn by its page. */
export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** What `?sort=` calls it, where the list can be sorted by it. */
  readonly sort?: string;
  /** The column that the row's menu is in has no name to show. */
  readonly hiddenHeader?: boolean;
}

interface Sorting {
  /** Such as `-created_at`, newest first. */
  readonly by: string;
  readonly onChange: (by: string) => void;
}

interface Selection<Row> {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
  readonly nameOf: (row: Row) => string;
}

interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly sorting?: Sorting;
  readonly selection?: Selection<Row>;
  /** Called when the end comes into sight and there is more on the server. */
  readonly onEnd?: () => void;
}

/**
 * A list as a table; below 48 em each row is a card. Only the rows near the window are drawn, so ten
 * thousand of them cost what twenty do. The roles are written out, since a browser that draws rows as
 * blocks no longer takes them for a table.
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, rows, idOf, sorting, selection, onEnd } = props;
  const columns = useColumns(props.columns);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({ features, columns, data, getRowId: idOf });
  const model = table.getRowModel().rows;
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop(body.current === null ? 0 : body.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: model.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey: (index) => model[index]?.id ?? index,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= model.length - OVERSCAN) onEnd?.();
  }, [last, model.length, onEnd]);
  const before = (items[0]?.start ?? top) - top;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  const headings = props.columns;
  return (
    <Table role="table" aria-label={label} aria-rowcount={rows.length + 1} className="data-table">
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          {selection && (
            <th role="columnheader" className="data-table-select">
              <SelectAll rows={rows} idOf={idOf} selection={selection} />
            </th>
          )}
          {headings.map((column) => (
            <Heading key={column.id} column={column} sorting={sorting} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body}>
        <Space height={before} />
        {items.map(({ index }) => {
          const row = model[index];
          if (!row) return null;
          return (
            <tr
              key={row.id}
              role="row"
              aria-rowindex={index + 2}
              data-index={index}
              ref={virtualizer.measureElement}
            >
              {selection && (
                <td role="cell" className="data-table-select">
                  <SelectOne row={row.original} id={row.id} selection={selection} />
                </td>
              )}
              {row.getAllCells().map((cell, place) => (
                <td
                  key={cell.id}
                  role="cell"
                  data-label={headings[place]?.hiddenHeader ? undefined : headings[place]?.header}
                >
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          );
        })}
        <Space height={after} />
      </tbody>
    </Table>
  );
}

function useColumns<Row extends object>(columns: readonly Column<Row>[]) {
  return useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return helper.columns(
      columns.map(({ id, header, cell }) =>
        helper.display({ id, header, cell: ({ row }) => cell(row.original) }),
      ),
    );
  }, [columns]);
}

/** Stands for the rows that are not drawn. */
function Space({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className="data-table-space">
      <td style={{ height }} />
    </tr>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
}

function Heading<Row>({ column: { header, sort, hiddenHeader }, sorting }: HeadingProps<Row>) {
  if (hiddenHeader) {
    return (
      <th role="columnheader">
        <span className="visually-hidden">{header}</span>
      </th>
    );
  }
  if (sort === undefined || !sorting) return <th role="columnheader">{header}</th>;
  const isUp = sorting.by === sort;
  const isDown = sorting.by === `-${sort}`;
  const Arrow = isUp ? IconArrowUp : IconArrowDown;
  const direction = isUp ? 'ascending' : 'descending';
  return (
    <th role="columnheader" aria-sort={isUp || isDown ? direction : 'none'}>
      <UnstyledButton
        className="data-table-sort"
        onClick={() => {
          sorting.onChange(isDown ? sort : `-${sort}`);
        }}
      >
        {header}
        {(isUp || isDown) && <Arrow size={14} aria-hidden />}
      </UnstyledButton>
    </th>
  );
}

interface SelectOneProps<Row> {
  readonly row: Row;
  readonly id: string;
  readonly selection: Selection<Row>;
}

function SelectOne<Row>({ row, id, selection: { ids, onChange, nameOf } }: SelectOneProps<Row>) {
  const { t } = useTranslation();
  return (
    <Checkbox
      aria-label={t('lists.select', { name: nameOf(row) })}
      checked={ids.has(id)}
      onChange={(event) => {
        const chosen = new Set(ids);
        if (event.currentTarget.checked) chosen.add(id);
        else chosen.delete(id);
        onChange(chosen);
      }}
    />
  );
}

interface SelectAllProps<Row> {
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly selection: Selection<Row>;
}

function SelectAll<Row>({ rows, idOf, selection: { ids, onChange } }: SelectAllProps<Row>) {
  const { t } = useTranslation();
  const isAll = rows.length > 0 && rows.every((row) => ids.has(idOf(row)));
  return (
    <Checkbox
      aria-label={t('lists.selectAll')}
      checked={isAll}
      indeterminate={!isAll && ids.size > 0}
      onChange={() => {
        onChange(isAll ? new Set() : new Set(rows.map(idOf)));
      }}
    />
  );
}
