import type { ReactNode } from 'react';
import { Refusal } from '../api/refusal';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { NoPermission } from '../states/NoPermission';
import type { Pages } from './use-pages';

interface ListBodyProps<Row> {
  readonly orgID: string;
  /** Whether the person may see the list at all; unless he may, it is not asked for. */
  readonly isAllowed?: boolean;
  readonly list: Omit<Pages<Row>, 'onEnd'> & Partial<Pages<Row>>;
  /** What is shown where there is nothing. */
  readonly empty: ReactNode;
  readonly children: (rows: readonly Row[], onEnd: (() => void) | undefined) => ReactNode;
}

/** A list in each of its states: on its way, not permitted, failed, empty, there. */
export function ListBody<Row>(props: ListBodyProps<Row>) {
  const { orgID, isAllowed = true, list, empty, children } = props;
  const { rows, error, retry, onEnd } = list;
  const isRefused = error instanceof Refusal && error.status === 403;
  if (!isAllowed || isRefused) return <NoPermission orgID={orgID} />;
  if (error) return <Complaint error={error} onRetry={retry} />;
  if (!rows) return <LoadingRows />;
  return rows.length === 0 ? empty : children(rows, onEnd);
}
