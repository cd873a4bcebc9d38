import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, type CameraEvent } from "../api";
import { happened, together } from "./words";

const AGAIN_MS = 2000;

/** What has happened, newest first, and the conditions that hold; both follow the camera while `live`. */
export function useEvents(live: boolean) {
  const client = useQueryClient();
  const log = useQuery({ queryKey: ["events"], queryFn: api.events });
  const conditions = useQuery({ queryKey: ["conditions"], queryFn: api.conditions });

  useEffect(() => {
    if (!live) return;
    let socket: WebSocket | null = null;
    let timer = 0;
    const connect = () => {
      socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/events/live`);
      socket.onopen = () => void client.invalidateQueries({ queryKey: ["events"] });
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        const event = JSON.parse(data) as CameraEvent;
        if (happened(event)) client.setQueryData<CameraEvent[]>(["events"], (known) => known && together(event, known));
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
