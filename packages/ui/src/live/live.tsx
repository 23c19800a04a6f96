import type { Event } from '@millwright/contract';
import type { FollowState } from '@millwright/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, createContext, use, useEffect, useRef, useState } from 'react';
import { client } from '../api/client.ts';
import { isConcerned, operationsConcerned } from './concerned.ts';

const LiveContext = createContext<FollowState>('connecting');
export const useLiveState = () => use(LiveContext);

/** Answers are read again at most this often, however many events come. */
const shortestGapMs = 1200;

/** Follows the events of a project and reads again what they concern. */
export const LiveProvider = ({ project, children }: { project: string; children: ReactNode }) => {
  const queries = useQueryClient();
  const [state, setState] = useState<FollowState>('connecting');
  const due = useRef(new Map<string, Set<string>>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const flush = () => {
      timer.current = undefined;
      const concerned = due.current;
      due.current = new Map();
      void queries.invalidateQueries({ predicate: (query) => isConcerned(query.queryKey, concerned) });
    };
    const onEvent = (event: Event) => {
      for (const id of operationsConcerned(event.type)) {
        const subjects = due.current.get(id) ?? new Set();
        due.current.set(id, subjects.add(event.subjectId));
      }
      timer.current ??= setTimeout(flush, shortestGapMs);
    };
    let wasLost = false;
    const following = client.follow(project, {
      onEvent,
      onState: (next) => {
        setState(next);
        // What happened while the connection was down and is no longer replayed must still show.
        if (next === 'open' && wasLost) void queries.invalidateQueries();
        wasLost = next === 'lost' || (wasLost && next === 'connecting');
      },
    });
    return () => {
      following.close();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [project, queries]);
  return <LiveContext value={state}>{children}</LiveContext>;
};
