import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { recordings } from "./calls";
import { clock, day } from "./words";

const LOOK_MS = 5000;

/** Which parts of a recording cannot be read now, before anybody plays or exports them. */
export function AbsentNote({ id }: { id: string }) {
  const detail = useQuery({ queryKey: ["recording", id, "absent"], queryFn: () => recordings.one(id), refetchInterval: LOOK_MS });
  const parts = detail.data?.absent ?? [];
  if (parts.length === 0) return null;
  return (
    <Alert color="orange" title="A part is out of reach">
      {parts.map(({ name, start, stop }) => (
        <Text size="sm" key={start}>
          {day(Date.parse(start))}, {clock(Date.parse(start))} to {clock(Date.parse(stop))} lies on {name}, which is not there now.
        </Text>
      ))}
      <Text size="sm">It is played as a gap. Export another time, or wait until the storage is back.</Text>
    </Alert>
  );
}
