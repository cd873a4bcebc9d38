import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { liveAddress, type LogFilter, type LogId, type LogLine, logPage } from "./calls";
import { inFront } from "./merge";

const MOST_LIVE = 1000;
const AGAIN_MS = 3000;

/** The lines of a log, page by page, and those that come while `following`. */
export function useLog(log: LogId, filter: LogFilter, following: boolean) {
  const [fresh, setFresh] = useState<LogLine[]>([]);
  const { level, text } = filter;
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ["log", log, level, text],
    queryFn: ({ pageParam }) => logPage(log, filter, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.more ? last.entries.at(-1)?.number : undefined),
  });
  const { refetch } = query;
  useEffect(() => setFresh([]), [log, level, text]);
  useEffect(() => {
    if (!following) return;
    let socket: WebSocket | null = null;
    let timer = 0;
    let over = false;
    const connect = () => {
      socket = new WebSocket(liveAddress(log, { level, text }));
      socket.onopen = async () => {
        const first = client.getQueryData(["log", log, level, text]) === undefined;
        if (first) await refetch(); // waits for the reading that is under way
        void refetch(); // what was written between that and now
      };
      socket.onmessage = ({ data }) => {
        const line = JSON.parse(String(data)) as LogLine;
        setFresh((lines) => inFront(lines, [line], MOST_LIVE));
      };
      socket.onclose = () => {
        if (!over) timer = window.setTimeout(connect, AGAIN_MS);
      };
    };
    connect();
    return () => {
      over = true;
      window.clearTimeout(timer);
      socket?.close();
    };
  }, [client, log, level, text, following, refetch]);
  const kept = query.data?.pages.flatMap(({ entries }) => entries) ?? [];
  return { ...query, lines: inFront(kept, fresh, kept.length + fresh.length) };
}
