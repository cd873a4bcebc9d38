import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { saying } from "../api";
import { type Board, board } from "./calls";

const REFRESH_MS = 1000;

/** The board as it is now, looked at every second, and a way to change it: every call answers with the whole board. */
export function useBoard() {
  const client = useQueryClient();
  const { data, error } = useQuery({ queryKey: ["board"], queryFn: board.read, refetchInterval: REFRESH_MS });
  const change = async (answer: Promise<Board>) => {
    try {
      await client.cancelQueries({ queryKey: ["board"] });
      client.setQueryData(["board"], await answer);
      return true;
    } catch (problem) {
      notifications.show({ message: saying(problem), color: "red" });
      await client.invalidateQueries({ queryKey: ["board"] });
      return false;
    }
  };
  return { found: data, problem: error, change };
}

export type Change = ReturnType<typeof useBoard>["change"];
