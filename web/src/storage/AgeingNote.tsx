import { Alert, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { saying } from "../api";
import { span } from "../clock/words";
import { storage } from "./calls";

/** Said while nothing is removed for its age, because the clock jumped. */
export function AgeingNote({ mayManage }: { mayManage: boolean }) {
  const client = useQueryClient();
  const ageing = useQuery({ queryKey: ["storage", "ageing"], queryFn: storage.ageing, refetchInterval: 10_000 });
  if (!ageing.data?.paused) return null;
  const believe = () => {
    storage
      .believe()
      .then((now) => client.setQueryData(["storage", "ageing"], now))
      .catch((error: unknown) => notifications.show({ color: "red", message: saying(error) }));
  };
  return (
    <Alert color="orange" title="Nothing is removed for its age just now">
      <Text size="sm">
        The clock is {span(ageing.data.ahead)} further than the camera has seen pass, because it was set ahead or the camera was off. Recordings that only seem too
        old are kept until it is sure: in {span(ageing.data.rest)} of running, or when you say so. When space is short the oldest still go.
      </Text>
      {mayManage && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={believe}>
            The clock is right
          </Button>
        </Group>
      )}
    </Alert>
  );
}
