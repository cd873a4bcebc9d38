import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { api, type CameraEvent } from "../api";
import { happened, together } from "./words";

const AGAIN_MS = 2000;

/** What has happened, newest first, and the conditions that hold; both follow the camera while `live`. */
export function useEvents(live: boolean) {
  const client = useQueryClient();
  // what this socket has told: a log that was asked for before an event, and comes after it, must not hide it again
  const told = useRef<CameraEvent[]>([]);
  const log = useQuery({ queryKey: ["events"], queryFn: async () => told.current.reduce((known, event) => together(event, known), await api.events()) });
  const conditions = useQuery({ queryKey: ["conditions"], queryFn: api.conditions });

  useEffect(() => {
    if (!live) return;
    let socket: WebSocket | null = null;
    let timer = 0;
    const connect = () => {
      socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/events/live`);
      socket.onopen = () => {
        told.current = [];
        void client.invalidateQueries({ queryKey: ["events"] });
      };
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        const event = JSON.parse(data) as CameraEvent;
        if (happened(event)) {
          told.current = together(event, told.current);
          client.setQueryData<CameraEvent[]>(["events"], (known) => known && together(event, known));
        }
        if (event.stateful) client.setQueryData<CameraEvent[]>(["conditions"], (known) => known && together(event, known, true));
      };
      socket.onclose = () => {
        timer = window.setTimeout(connect, AGAIN_MS);
      };
    };
    connect();
    return () => {
      window.clearTimeout(timer);
      if (socket) {
        socket.onclose = null;
        socket.close();
      }
    };
  }, [client, live]);

  return { events: log.data, holding: (conditions.data ?? []).filter(({ active }) => active), problem: log.error };
}
