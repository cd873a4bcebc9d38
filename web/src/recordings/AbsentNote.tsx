import { Alert, Text } from "@mantine/core";

import type { Absent } from "./calls";
import { clock, day } from "./words";

/** Which parts of a recording cannot be read now, before anybody plays or exports them. */
export function AbsentNote({ parts }: { parts: Absent[] }) {
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
